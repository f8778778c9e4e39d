import { ObjectId, type Document } from 'mongodb';
import { idText } from '../../mapping/storedText';
import { valueAt } from '../../mapping/documents';
import { selectEvents, timeMatch } from '../../mapping/selection';
import {
  countFirstSeen,
  countPairs,
  findShared,
  groupOwners,
  type OwnersRow,
  type StartsRow,
} from '../../pipeline/sessionStarts';
import { findEventIndex } from '../../source/eventIndexes';
import { allDocuments, eachDocument } from '../../source/source';
import type { AnyRunContext } from '../context';
import type { Slice } from '../slices';
import type { TrendPeriod } from './period';

/** Below this share of all events it is quicker to look at the sessions of the range alone. */
const LEAST_SHARE = 1 / 4;
/** Session ids with several users that are looked at; with more, sessions are gathered one by one. */
const MOST_SHARED = 20_000;
/** How far before an edge sessions that cross it are sought, ms: most last minutes, few a day. */
const LOOK_BACK_MS = [2 * 3_600_000, 26 * 3_600_000] as const;

/** The indexes that the count reads, by name. */
interface Indexes {
  readonly byTime: string;
  readonly bySession: string;
}

/**
 * The number of sessions that start at each point, without gathering any: an index tells when each session id
 * was first seen, and as long as no id is two people's, that is when its session starts. Undefined when the
 * report asks for more, when the server can't tell quickly, or when an id is shared.
 *
 * That none is shared shows in numbers. A stretch holds the ids first seen in it and those that cross its
 * beginning; where it holds as many pairs of a user and an id, each id is one user's. So each edge's crossing
 * ids are sought, and those that are found have their users looked up.
 */
export async function countStarts(period: TrendPeriod): Promise<number[] | undefined> {
  const { context, axis } = period;
  const indexes = await findIndexes(period);
  if (indexes === undefined || !(await isLargeShare(context)) || !(await hasUniformIds(context, indexes)))
    return undefined;
  const slices = cutAtPoint(period);
  const last = slices[slices.length - 1] as Slice;
  const whole = { from: period.range.from, to: last.to };
  const [rows, ...pairs] = await Promise.all([
    allDocuments(
      context.run.aggregateEvents<StartsRow>(countFirstSeen(context.mapping, axis, whole), {
        purpose: 'session ids by their first event',
        hint: indexes.bySession,
      }),
    ),
    ...slices.map((slice) => readPairs(context, slice, indexes)),
  ]);
  const counts = new Array<number>(axis.starts.length).fill(0);
  for (const { _id, n } of rows) counts[_id] = n;
  for (const [index, slice] of slices.entries()) {
    const begun = counts.reduce(
      (sum, n, point) => sum + (isWithin(axis.starts[point], slice, index) ? n : 0),
      0,
    );
    if (!(await areOnePersonsEach(context, slice, { begun, pairs: pairs[index] ?? 0 }, indexes)))
      return undefined;
  }
  return counts;
}

/** Whether a point's count belongs to a slice; the first slice may begin within its first point. */
function isWithin(start: number | undefined, { from, to }: Slice, index: number): boolean {
  return start !== undefined && start < to && (index === 0 || start >= from);
}

/** The indexes of a plain question: any event, no filters, no list. */
async function findIndexes({
  context,
  compiled,
  event,
  value,
  valueOfUser,
  axis,
}: TrendPeriod): Promise<Indexes | undefined> {
  const { report, run, mapping, everyEventHasUser } = context;
  const { fields, unwind } = mapping.events;
  const isPlain =
    everyEventHasUser &&
    value === null &&
    valueOfUser === null &&
    event.types === null &&
    event.isTypeOnly &&
    compiled.filters.events.expr === true &&
    !compiled.filters.selectsUsers &&
    report.users === undefined &&
    axis.modulus === undefined &&
    unwind === undefined &&
    fields.timestamp.as === 'date';
  if (!isPlain || fields.sessionId === undefined) return undefined;
  const [byTime, bySession] = await Promise.all([
    findEventIndex(run, [fields.timestamp.path], [fields.userId, fields.sessionId]),
    findEventIndex(run, [fields.sessionId, fields.timestamp.path]),
  ]);
  return byTime === undefined || bySession === undefined ? undefined : { byTime, bySession };
}

async function isLargeShare({ run, mapping, estimate, reading }: AnyRunContext): Promise<boolean> {
  if (!estimate || estimate.documents < reading.slicedFrom) return false;
  const all = await run.source.estimateCount(mapping.events.collection, run.callOptions());
  return estimate.documents >= all * LEAST_SHARE;
}

/** Whether every event has a session id, and all ids are of one type, so that each has one form. */
async function hasUniformIds({ run, mapping }: AnyRunContext, { bySession }: Indexes): Promise<boolean> {
  const { collection, fields } = mapping.events;
  const path = fields.sessionId ?? '';
  const edge = async (direction: 1 | -1): Promise<unknown> => {
    const found = run.find<Document>(
      collection,
      {},
      {
        sort: { [path]: direction, [fields.timestamp.path]: direction },
        limit: 1,
        projection: { [path]: 1, [fields.timestamp.path]: 1, _id: 0 },
        hint: bySession,
        purpose: 'forms of session ids',
      },
    );
    for await (const document of eachDocument(found)) return valueAt(document, path);
    return undefined;
  };
  const [first, last] = await Promise.all([edge(1), edge(-1)]);
  if (first instanceof ObjectId) return last instanceof ObjectId;
  return typeof first === 'string' && typeof last === 'string';
}

/** The range up to the newest event, cut at the point nearest to its middle. */
function cutAtPoint({ context, axis, range }: TrendPeriod): Slice[] {
  const { dataThrough, now } = context;
  // What arrives during the run would only make the counts of different moments differ.
  const newest = dataThrough === null || dataThrough >= now ? range.to : dataThrough + 1;
  const to = Math.max(range.from, Math.min(range.to, newest));
  const middle = (range.from + to) / 2;
  const cut = axis.starts
    .filter((start) => start > range.from && start < to)
    .reduce((best, start) => (Math.abs(start - middle) < Math.abs(best - middle) ? start : best), Infinity);
  if (cut === Infinity) return [{ from: range.from, to }];
  return [
    { from: range.from, to: cut },
    { from: cut, to },
  ];
}

async function readPairs(
  { run, mapping }: AnyRunContext,
  slice: Slice,
  { byTime }: Indexes,
): Promise<number> {
  const [row] = await allDocuments(
    run.aggregateEvents<{ n: number }>(countPairs(mapping, slice), {
      purpose: 'sessions by user and id',
      hint: byTime,
    }),
  );
  return row?.n ?? 0;
}

/** Whether each id of a slice is one person's, of which `begun` were first seen there. */
async function areOnePersonsEach(
  context: AnyRunContext,
  slice: Slice,
  { begun, pairs }: { readonly begun: number; readonly pairs: number },
  indexes: Indexes,
): Promise<boolean> {
  if (pairs === begun) return true;
  let crossing: unknown[] = [];
  for (const backMs of LOOK_BACK_MS) {
    crossing = await findCrossing(context, slice, backMs, indexes);
    if (pairs === begun + crossing.length) return areSinglyOwned(context, crossing, indexes);
  }
  // Either an id has several users, who may be one person, or a session paused for longer.
  const ids = await countIds(context, slice, indexes);
  return ids === begun + crossing.length && areSinglyOwned(context, crossing, indexes);
}

/** How many session ids a slice holds, each one person's; undefined when one is several people's. */
async function countIds(
  context: AnyRunContext,
  slice: Slice,
  { byTime }: Indexes,
): Promise<number | undefined> {
  const { run, mapping } = context;
  let ids = 0;
  let rows = 0;
  for await (const row of eachDocument(
    run.aggregateEvents<OwnersRow>(findShared(mapping, slice, MOST_SHARED), {
      purpose: 'session ids and their users',
      hint: byTime,
    }),
  )) {
    if (!isOnePerson(context, row)) return undefined;
    ids += row.n;
    rows += 1;
  }
  return rows < MOST_SHARED ? ids : undefined;
}

function isOnePerson({ identities }: AnyRunContext, { u }: Pick<OwnersRow, 'u'>): boolean {
  return new Set(u.map((raw) => identities.canonicalOf(idText(raw) ?? ''))).size === 1;
}

/** Ids with events in a slice and in the stretch before it. */
async function findCrossing(
  { run, mapping }: AnyRunContext,
  { from, to }: Slice,
  backMs: number,
  { byTime, bySession }: Indexes,
): Promise<unknown[]> {
  const { sessionId = '', timestamp } = mapping.events.fields;
  const group = { $group: { _id: `$${sessionId}` } };
  const before = [{ $match: timeMatch(timestamp, from - backMs, from) }, group];
  const earlier = await allDocuments(
    run.aggregateEvents<{ _id: unknown }>(before, { purpose: 'session ids just before', hint: byTime }),
  );
  const named = { [sessionId]: { $in: earlier.map(({ _id }) => _id) } };
  const after = [{ $match: { ...named, ...timeMatch(timestamp, from, to) } }, group];
  const found = await allDocuments(
    run.aggregateEvents<{ _id: unknown }>(after, { purpose: 'those of them that go on', hint: bySession }),
  );
  return found.map(({ _id }) => _id);
}

async function areSinglyOwned(
  context: AnyRunContext,
  ids: readonly unknown[],
  { bySession }: Indexes,
): Promise<boolean> {
  const { run, mapping } = context;
  const named = { [mapping.events.fields.sessionId ?? '']: { $in: ids } };
  const owners = run.aggregateEvents<OwnersRow>(
    [...selectEvents(mapping, { everyEventHasUser: true, matches: [named] }), ...groupOwners(mapping)],
    { purpose: 'users of these sessions', hint: bySession },
  );
  for await (const row of eachDocument(owners)) if (!isOnePerson(context, row)) return false;
  return true;
}
