import type { Document } from 'mongodb';
import type { Mapping } from '../../../shared/model/mapping';
import { JUNK_IDS } from '../../../shared/model/ingest/hygiene';
import { DAY_MS } from '../../../shared/time/units';
import { accessEventField, dateExpr } from '../../mapping/fields';
import { idText } from '../../mapping/storedText';
import { allDocuments } from '../../source/source';
import { inspectOptions, type InspectRequest } from '../request';
import { plural, type Finding, type QualityCheck } from './finding';

/** Clocks differ a little everywhere. */
const CLOCK_TOLERANCE_MS = 5 * 60_000;
/** Nothing was tracked on the web before. */
export const OLDEST_PLAUSIBLE = Date.UTC(2000, 0, 1);

interface RowTest {
  readonly code: string;
  readonly severity: Finding['severity'];
  /** Boolean expression over a stored event. */
  readonly test: Document;
  text(events: string): string;
}

function rowTests(mapping: Mapping, now: number): RowTest[] {
  const { fields } = mapping.events;
  const user = `$${fields.userId}`;
  const at = dateExpr(fields.timestamp);
  const duration = accessEventField(mapping, 'durationSec').expr;
  const type = accessEventField(mapping, 'eventType');
  const isAt = { $eq: [{ $type: at }, 'date'] };
  const isEmpty = (value: Document | string): Document => ({ $in: [{ $ifNull: [value, ''] }, [null, '']] });
  const later = new Date(now + CLOCK_TOLERANCE_MS);
  // When the event came in: by the collector's own note, or by the clock inside an ObjectId.
  const id = `$${fields.id}`;
  const arrival = {
    $switch: {
      branches: [
        { case: { $eq: [{ $type: '$receivedAt' }, 'date'] }, then: '$receivedAt' },
        { case: { $eq: [{ $type: id }, 'objectId'] }, then: { $toDate: id } },
      ],
      default: null,
    },
  };
  return [
    {
      code: 'missingUser',
      severity: 'problem',
      test: isEmpty(user),
      text: (events) =>
        `${events} without a user id (field "${fields.userId}"); no figure can count them. Send at least an anonymous id.`,
    },
    {
      code: 'junkUserIds',
      severity: 'problem',
      test: {
        $and: [
          { $eq: [{ $type: user }, 'string'] },
          { $ne: [user, ''] },
          { $in: [{ $toLower: { $trim: { input: user } } }, [...JUNK_IDS]] },
        ],
      },
      text: (events) =>
        `${events} with a user id like "null", "undefined" or "anonymous"; all of them count as one person. Send no user id when there is none.`,
    },
    ...(type.lookup
      ? []
      : [
          {
            code: 'missingType',
            severity: 'problem' as const,
            test: isEmpty(type.expr as Document | string),
            text: (events: string) => `${events} without an event type. Send a name with each event.`,
          },
        ]),
    {
      code: 'unreadableTimes',
      severity: 'problem',
      test: { $not: [isAt] },
      text: (events) =>
        `${events} without a time that can be read as ${fields.timestamp.as === 'date' ? 'a date' : fields.timestamp.as} (field "${fields.timestamp.path}"); they are left out of every figure. Convert them, or choose a mapping that reads them.`,
    },
    {
      code: 'futureTimes',
      severity: 'problem',
      test: { $and: [isAt, { $gt: [at, later] }] },
      text: (events) =>
        `${events} in the future; ranges up to today leave them out. Check the clocks and time zones of whoever sends them.`,
    },
    {
      code: 'clockAhead',
      severity: 'warning',
      test: {
        $and: [
          isAt,
          { $lte: [at, later] },
          { $ne: [arrival, null] },
          { $gt: [at, { $add: [{ $ifNull: [arrival, at] }, CLOCK_TOLERANCE_MS] }] },
        ],
      },
      text: (events) =>
        `${events} with a time more than 5 minutes after the moment they came in: the sender's clock or time zone is wrong. Send "sentAt" so that the collector can correct it.`,
    },
    {
      code: 'ancientTimes',
      severity: 'problem',
      test: { $and: [isAt, { $lt: [at, new Date(OLDEST_PLAUSIBLE)] }] },
      text: (events) =>
        `${events} before the year 2000: usually seconds taken for milliseconds, or a missing time stored as 1970. Correct the sender.`,
    },
    {
      code: 'replacedTimes',
      severity: 'warning',
      test: { $in: [{ $ifNull: ['$clock.replaced', null] }, ['unreadable', 'inFuture']] },
      text: (events) =>
        `${events} came with a time that could not be used; the time of receipt stands in its place. Check the sender's clock and time format.`,
    },
    ...(duration === null
      ? []
      : [
          {
            code: 'oddDurations',
            severity: 'warning' as const,
            test: {
              $and: [
                { $isNumber: duration },
                { $or: [{ $lt: [duration, 0] }, { $gt: [duration, DAY_MS / 1000] }] },
              ],
            },
            text: (events: string) =>
              `${events} with a duration below 0 or above a day; durations are seconds. Check the unit that is sent.`,
          },
        ]),
  ];
}

const rows: QualityCheck = {
  title: 'Ids and times of every event',
  async run(request: InspectRequest) {
    const { mapping } = request.source;
    const { unwind, collection, fields } = mapping.events;
    const tests = rowTests(mapping, request.now);
    const group: Document = { _id: null };
    for (const { code, test } of tests) {
      group[code] = { $sum: { $cond: [test, 1, 0] } };
      group[`${code}Example`] = { $max: { $cond: [test, `$${fields.id}`, null] } };
    }
    const user = `$${fields.userId}`;
    for (const type of ['string', 'objectId'] as const) {
      group[`ids_${type}`] = { $sum: { $cond: [{ $eq: [{ $type: user }, type] }, 1, 0] } };
    }
    group['ids_number'] = { $sum: { $cond: [{ $isNumber: user }, 1, 0] } };
    const [counts] = await allDocuments(
      request.source.aggregate<Document>(
        collection,
        [...(unwind === undefined ? [] : [{ $unwind: `$${unwind}` }]), { $group: group }],
        inspectOptions(request, 'quality'),
      ),
    );
    if (!counts) return [];
    const findings = tests.flatMap(({ code, severity, text }): Finding[] => {
      const count = Number(counts[code]);
      if (count === 0) return [];
      const example = idText(counts[`${code}Example`]);
      return [
        {
          code,
          severity,
          text: text(plural(count, 'event')),
          count,
          ...(example === null ? {} : { example }),
        },
      ];
    });
    const kinds = (['string', 'objectId', 'number'] as const).filter(
      (kind) => Number(counts[`ids_${kind}`]) > 0,
    );
    if (kinds.length > 1) {
      findings.push({
        code: 'mixedIdTypes',
        severity: 'warning',
        text: `User ids are stored in several types: ${kinds.map((kind) => `${kind} (${plural(Number(counts[`ids_${kind}`]), 'event')})`).join(', ')}. They are compared as text; look-ups are slower. Store one type.`,
        count: Math.min(...kinds.map((kind) => Number(counts[`ids_${kind}`]))),
      });
    }
    return findings;
  },
};

/** Checks of each event by itself, in one reading of the collection. */
export const ROW_CHECKS: readonly QualityCheck[] = [rows];
