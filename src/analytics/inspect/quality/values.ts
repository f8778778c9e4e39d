import type { Document } from 'mongodb';
import { COLLECTIONS } from '../../../shared/model/collections';
import { DAY_MS } from '../../../shared/time/units';
import { accessEventField } from '../../mapping/fields';
import { selectEvents } from '../../mapping/selection';
import { idText, valueText } from '../../mapping/storedText';
import { allDocuments } from '../../source/source';
import { inspectOptions, type InspectRequest } from '../request';
import { countText, listText, plural, type Finding, type QualityCheck } from './finding';
import { findVariants } from './names';

const FIELDS = ['device', 'browser', 'os', 'country'] as const;
/** Combinations of device, browser, system and country that are looked at. */
const MAX_COMBINATIONS = 50_000;

const variants: QualityCheck = {
  title: 'Spelling of devices and countries',
  async run(request: InspectRequest) {
    const { mapping } = request.source;
    const accesses = FIELDS.map((field) => [field, accessEventField(mapping, field)] as const);
    const known = accesses.filter(([, { expr }]) => expr !== null);
    if (known.length === 0) return [];
    const rows = await allDocuments(
      request.source.aggregate<Document>(
        mapping.events.collection,
        [
          ...selectEvents(mapping, { lookups: known.flatMap(([, { lookup }]) => (lookup ? [lookup] : [])) }),
          {
            $group: {
              _id: Object.fromEntries(known.map(([field, { expr }]) => [field, expr])),
              events: { $sum: 1 },
            },
          },
          { $sort: { events: -1 } },
          { $limit: MAX_COMBINATIONS },
        ],
        inspectOptions(request, 'quality'),
      ),
    );
    return known.flatMap(([field]): Finding[] => {
      const counts = new Map<string, number>();
      for (const row of rows) {
        const text = valueText((row['_id'] as Document)[field]);
        if (text !== null) counts.set(text, (counts.get(text) ?? 0) + Number(row['events']));
      }
      return findVariants(counts).map(({ names, rare }) => ({
        code: 'valueVariants',
        severity: 'warning' as const,
        text: `The field ${field} has ${listText(names)} for what looks like one value; breakdowns show them apart. Send one spelling.`,
        count: rare,
        example: names[1] ?? '',
      }));
    });
  },
};

const personalData: QualityCheck = {
  title: 'Personal data in addresses',
  async run(request: InspectRequest) {
    const { mapping } = request.source;
    const url = accessEventField(mapping, 'page.url');
    const path = accessEventField(mapping, 'page.path');
    const tested = [url, path].filter(({ expr }) => expr !== null);
    if (tested.length === 0) return [];
    const tests = tested.map(({ expr }) => ({
      $and: [
        { $eq: [{ $type: expr }, 'string'] },
        {
          $regexMatch: {
            input: { $cond: [{ $eq: [{ $type: expr }, 'string'] }, expr, ''] },
            regex: '[\\w.+-]+(@|%40)[\\w-]+\\.[a-z]{2,}|[?&](password|passwd|token|secret)=[^&]',
            options: 'i',
          },
        },
      ],
    }));
    const [found] = await allDocuments(
      request.source.aggregate<{ events: number; example: unknown }>(
        mapping.events.collection,
        [
          ...selectEvents(mapping, {
            matches: [{ $expr: { $or: tests } }],
            lookups: tested.flatMap(({ lookup }) => (lookup ? [lookup] : [])),
          }),
          { $group: { _id: null, events: { $sum: 1 }, example: { $max: `$${mapping.events.fields.id}` } } },
        ],
        inspectOptions(request, 'quality'),
      ),
    );
    if (!found) return [];
    return [
      {
        code: 'personalData',
        severity: 'warning',
        // The address itself is not quoted: it is what should not be passed on.
        text: `${plural(found.events, 'event')} with an e-mail address, a password or a token in the page's address. Take it out of the address, or cut the query before sending.`,
        count: found.events,
        example: idText(found.example) ?? '',
      },
    ];
  },
};

/** More ids than this that are one person are a shared browser, or a logout that does not forget. */
const MANY_ALIASES = 50;

const sharedIdentities: QualityCheck = {
  title: 'People made of many ids',
  async run(request: InspectRequest) {
    const { identities } = request.source.mapping;
    if (!identities || !(await request.source.hasCollection(identities.collection))) return [];
    const rows = await allDocuments(
      request.source.aggregate<{ _id: unknown; ids: number }>(
        identities.collection,
        [
          { $group: { _id: `$${identities.canonical}`, ids: { $sum: 1 } } },
          { $match: { ids: { $gte: MANY_ALIASES } } },
          { $sort: { ids: -1 } },
          { $limit: 5 },
        ],
        inspectOptions(request, 'quality'),
      ),
    );
    return rows.map(({ _id, ids }): Finding => {
      const id = idText(_id) ?? '';
      return {
        code: 'sharedIdentities',
        severity: 'warning',
        text: `"${id}" is made of ${plural(ids, 'anonymous id')}: a test account, or devices that many people share. Reset the anonymous id at logout.`,
        count: ids,
        example: id,
      };
    });
  },
};

const refused: QualityCheck = {
  title: 'Refused messages',
  async run(request: InspectRequest) {
    const { source } = request;
    if (source.mapping.name !== 'waymark' || !(await source.hasCollection(COLLECTIONS.deadLetters)))
      return [];
    const rows = await allDocuments(
      source.aggregate<{ _id: string; messages: number }>(
        COLLECTIONS.deadLetters,
        [
          { $match: { receivedAt: { $gte: new Date(request.now - 30 * DAY_MS) } } },
          { $group: { _id: '$reason', messages: { $sum: 1 } } },
          { $sort: { messages: -1 } },
          { $limit: 100 },
        ],
        inspectOptions(request, 'quality'),
      ),
    );
    const messages = rows.reduce((sum, row) => sum + row.messages, 0);
    if (messages === 0) return [];
    const reasons = rows.slice(0, 3).map((row) => `${row._id} (${countText(row.messages)})`);
    return [
      {
        code: 'refusedMessages',
        severity: 'warning',
        text: `The collector refused ${plural(messages, 'message')} in the last 30 days: ${reasons.join('; ')}. They are kept in "${COLLECTIONS.deadLetters}".`,
        count: messages,
        example: rows[0]?._id ?? '',
      },
    ];
  },
};

/** Checks of what values and people look like. */
export const VALUE_CHECKS: readonly QualityCheck[] = [variants, personalData, sharedIdentities, refused];
