import type { Document } from 'mongodb';
import { accessEventField, elapsedMsExpr } from '../../mapping/fields';
import { selectEvents } from '../../mapping/selection';
import { idText } from '../../mapping/storedText';
import { allDocuments } from '../../source/source';
import { propertiesExpr } from '../propertyNames';
import { inspectOptions, type InspectRequest } from '../request';
import { plural, type Finding, type QualityCheck } from './finding';

/** Above this many events, only the events of some seconds are compared; equal ones share their second. */
const COMPARED_EVENTS = 1_000_000;
/** Events of one user in one minute that nobody makes by hand. */
const BURST = 300;
const SHOWN = 5;

const total = ({ catalogue }: { catalogue: { events: readonly { count: number }[] } }): number =>
  catalogue.events.reduce((sum, { count }) => sum + count, 0);

/** Smallest prime not below a number, so that sampled seconds fall into step with no rhythm. */
function primeFrom(least: number): number {
  for (let candidate = Math.max(2, least); ; candidate += 1) {
    let isPrime = true;
    for (let divisor = 2; divisor * divisor <= candidate; divisor += 1) {
      if (candidate % divisor === 0) isPrime = false;
    }
    if (isPrime) return candidate;
  }
}

const duplicates: QualityCheck = {
  title: 'Events stored twice',
  async run(request, gathered) {
    const { mapping } = request.source;
    const type = accessEventField(mapping, 'eventType');
    const part = Math.ceil(total(gathered) / COMPARED_EVENTS);
    const prime = part <= 1 ? 1 : primeFrom(part);
    const elapsed = elapsedMsExpr(mapping, 0);
    const second = { $toLong: { $floor: { $divide: [elapsed, 1_000] } } };
    const page = accessEventField(mapping, 'page.url');
    const lookups = [type, page].flatMap(({ lookup }) => (lookup ? [lookup] : []));
    const [found] = await allDocuments(
      request.source.aggregate<{ copies: number; example: unknown }>(
        mapping.events.collection,
        [
          ...selectEvents(mapping, {
            lookups,
            matches: prime === 1 ? [] : [{ $expr: { $eq: [{ $mod: [second, prime] }, 0] } }],
          }),
          {
            $group: {
              _id: {
                user: `$${mapping.events.fields.userId}`,
                at: elapsed,
                type: type.expr,
                page: page.expr,
                // The whole document holds the id, which always differs.
                ...(mapping.events.fields.properties === '.' ? {} : { properties: propertiesExpr(mapping) }),
              },
              copies: { $sum: 1 },
              example: { $max: `$${mapping.events.fields.id}` },
            },
          },
          { $match: { copies: { $gt: 1 } } },
          {
            $group: {
              _id: null,
              copies: { $sum: { $subtract: ['$copies', 1] } },
              example: { $first: '$example' },
            },
          },
        ],
        inspectOptions(request, 'quality'),
      ),
    );
    if (!found) return [];
    const example = idText(found.example);
    const scope = prime === 1 ? '' : ` among one second in ${prime}`;
    return [
      {
        code: 'duplicateEvents',
        severity: 'warning',
        text: `${plural(found.copies, 'event')}${scope} repeat another one exactly (same user, time, type, page and properties) under an id of their own. Send a stable message id, so that a repeated sending is recognised.`,
        count: found.copies,
        ...(example === null ? {} : { example }),
      },
    ];
  },
};

const duplicateIds: QualityCheck = {
  title: 'Event ids',
  async run(request) {
    const { mapping } = request.source;
    const { id } = mapping.events.fields;
    // The server itself keeps _id unique.
    if (id === '_id') return [];
    const [found] = await allDocuments(
      request.source.aggregate<{ ids: number; example: unknown }>(
        mapping.events.collection,
        [
          ...selectEvents(mapping, { matches: [{ [id]: { $ne: null } }] }),
          { $group: { _id: `$${id}`, events: { $sum: 1 } } },
          { $match: { events: { $gt: 1 } } },
          { $group: { _id: null, ids: { $sum: 1 }, example: { $max: '$_id' } } },
        ],
        inspectOptions(request, 'quality'),
      ),
    );
    if (!found) return [];
    return [
      {
        code: 'duplicateIds',
        severity: 'problem',
        text: `${plural(found.ids, 'event id')} (field "${id}") stand on more than one event; each of them is counted. Make the field unique.`,
        count: found.ids,
        example: idText(found.example) ?? '',
      },
    ];
  },
};

const bursts: QualityCheck = {
  title: 'Bursts',
  async run(request) {
    const { mapping } = request.source;
    const minute = { $toLong: { $floor: { $divide: [elapsedMsExpr(mapping, 0), 60_000] } } };
    const found = await allDocuments(
      request.source.aggregate<{ user: unknown; most: number; minutes: number; at: unknown }>(
        mapping.events.collection,
        [
          ...selectEvents(mapping, {}),
          { $group: { _id: { user: `$${mapping.events.fields.userId}`, minute }, events: { $sum: 1 } } },
          { $match: { events: { $gte: BURST } } },
          {
            $group: {
              _id: '$_id.user',
              most: { $max: '$events' },
              minutes: { $sum: 1 },
              at: { $min: '$_id.minute' },
            },
          },
          { $sort: { most: -1 } },
          { $limit: SHOWN + 1 },
          { $project: { _id: 0, user: '$_id', most: 1, minutes: 1, at: 1 } },
        ],
        inspectOptions(request, 'quality'),
      ),
    );
    return found.slice(0, SHOWN).map(({ user, most, minutes, at }): Finding => {
      const id = idText(user) ?? '';
      const first = new Date(Number(at) * 60_000).toISOString().slice(0, 16);
      return {
        code: 'bursts',
        severity: 'warning',
        text: `The user "${id}" sent up to ${plural(most, 'event')} a minute (in ${plural(minutes, 'minute')}, first at ${first}Z): a robot, a loop or an import. Filter it out, or stop it at the source.`,
        count: most,
        example: id,
      };
    });
  },
};

/** One id that has more than this share of all events is hardly a person. */
const DOMINANT_SHARE = 0.2;
const DOMINANT_LEAST = 1_000;

const dominantUser: QualityCheck = {
  title: 'Shared user ids',
  async run(request: InspectRequest, gathered) {
    const { mapping } = request.source;
    const all = total(gathered);
    if (all < DOMINANT_LEAST) return [];
    const [top] = await allDocuments(
      request.source.aggregate<Document>(
        mapping.events.collection,
        [
          ...selectEvents(mapping, {}),
          { $group: { _id: `$${mapping.events.fields.userId}`, events: { $sum: 1 } } },
          { $sort: { events: -1 } },
          { $limit: 1 },
        ],
        inspectOptions(request, 'quality'),
      ),
    );
    const events = Number(top?.['events'] ?? 0);
    if (events / all < DOMINANT_SHARE) return [];
    const id = idText(top?.['_id']) ?? '';
    return [
      {
        code: 'dominantUser',
        severity: 'problem',
        text: `The user "${id}" has ${Math.round((events / all) * 100)} % of all events: an id that several people or a server share. Give each visitor an id of their own.`,
        count: events,
        example: id,
      },
    ];
  },
};

/** Checks of events that repeat or come too thick. */
export const REPEAT_CHECKS: readonly QualityCheck[] = [duplicates, duplicateIds, bursts, dominantUser];
