import type {
  Condition,
  DidFilter,
  DidNotFilter,
  Filter,
  ReportEvent,
} from '../../../shared/reports/filters';
import type { ResolvedRange } from '../../../shared/time/range';
import { readComparable } from '../../filters/comparable';
import { testCondition } from '../../filters/testCondition';
import { MISSING, fromThousandths } from '../table/thousandths';
import { fieldVector, plainNumbers, valueOf, type ColumnData } from './fields';
import { keyOf } from './userVectors';

/** One byte a row: 1 where a test holds. */
export type RowMask = Uint8Array;

/** What the tests of a report refer to besides the events. */
export interface MaskContext {
  readonly data: ColumnData;
  /** Range of `did` and `didNot` that name none. */
  readonly range: Pick<ResolvedRange, 'from' | 'to'>;
}

/**
 * Rows that pass every filter; null when there are none to pass. Filters on events alone are kept for the next
 * report. @throws NotAColumn
 */
export function maskFilters(context: MaskContext, filters: readonly Filter[]): RowMask | null {
  if (filters.length === 0) return null;
  const make = (): RowMask | null => testFilters(context, filters);
  return filters.every(isOfEvents) ? context.data.table.mask(JSON.stringify(filters), make) : make();
}

/** The same, not kept. @throws NotAColumn */
export function testFilters(context: MaskContext, filters: readonly Filter[]): RowMask | null {
  return filters.reduce<RowMask | null>((mask, filter) => both(mask, maskFilter(context, filter)), null);
}

/** Whether a filter looks at nothing but the event. */
export function isOfEvents(filter: Filter): boolean {
  if ('anyOf' in filter) return filter.anyOf.every(isOfEvents);
  return !('did' in filter) && !('didNot' in filter) && !filter.field.startsWith('user.');
}

/** Whether it is told by the event alone if it is one of a report's. */
export function isOfEventAlone(event: ReportEvent): boolean {
  if (typeof event === 'string') return true;
  return 'anyOf' in event ? event.anyOf.every(isOfEventAlone) : (event.where ?? []).every(isOfEvents);
}

/**
 * Rows that a report counts: those that pass its filters, of people whom no other table stands for; null when all do.
 * Nobody without a counted row is in any figure, so leaving a person's rows out leaves the person out.
 * @throws NotAColumn
 */
export function maskCounted(context: MaskContext, filters: readonly Filter[]): RowMask | null {
  const { superseded, table } = context.data;
  const mask = maskFilters(context, filters);
  if (superseded === null) return mask;
  const { start, rows } = table.layout;
  const counted = mask?.slice() ?? new Uint8Array(rows).fill(1);
  for (const person of superseded) counted.fill(0, start[person], start[person + 1]);
  return counted;
}

/** Rows that are an event of a report; null when every row is. @throws NotAColumn */
export function maskEvent(context: MaskContext, event: ReportEvent): RowMask | null {
  if (typeof event === 'string') return event === '*' ? null : maskTypes(context.data, [event]);
  if ('anyOf' in event) {
    const types = event.anyOf.filter(isType);
    // One look at a row, however many types there are; kept, since page views are asked for often.
    if (types.length === event.anyOf.length) {
      return context.data.table.mask(JSON.stringify({ types }), () => maskTypes(context.data, types));
    }
    const masks = event.anyOf.map((one) => maskEvent(context, one));
    return masks.some((mask) => mask === null) ? null : masks.reduce(either, null);
  }
  const own = event.event === '*' ? null : maskTypes(context.data, [event.event]);
  return both(own, maskFilters(context, event.where ?? []));
}

/** Rows in both masks; null stands for all rows. */
export function both(a: RowMask | null, b: RowMask | null): RowMask | null {
  if (a === null || b === null) return a ?? b;
  const mask = new Uint8Array(a.length);
  for (let row = 0; row < mask.length; row++) mask[row] = (a[row] as number) & (b[row] as number);
  return mask;
}

function either(a: RowMask | null, b: RowMask | null): RowMask | null {
  if (a === null || b === null) return a ?? b;
  const mask = new Uint8Array(a.length);
  for (let row = 0; row < mask.length; row++) mask[row] = (a[row] as number) | (b[row] as number);
  return mask;
}

/** Whether an event is meant by its type alone. */
const isType = (event: ReportEvent): event is string => typeof event === 'string' && event !== '*';

function maskTypes(data: ColumnData, types: readonly string[]): RowMask {
  const vector = fieldVector(data, 'eventType');
  return vector.kind === 'codes'
    ? maskCodes(vector.codes, vector.values, (value) => types.some((type) => type === value))
    : new Uint8Array();
}

/** A test made once for each distinct value. */
function maskCodes(
  codes: ArrayLike<number>,
  values: readonly unknown[],
  test: (value: unknown) => boolean,
): RowMask {
  const holds = Uint8Array.from(values, (value) => (test(value) ? 1 : 0));
  const mask = new Uint8Array(codes.length);
  for (let row = 0; row < mask.length; row++) mask[row] = holds[codes[row] as number] as number;
  return mask;
}

function maskFilter(context: MaskContext, filter: Filter): RowMask {
  if ('anyOf' in filter) {
    return (
      filter.anyOf.map((one) => maskFilter(context, one)).reduce<RowMask | null>(either, null) ??
      new Uint8Array()
    );
  }
  if ('did' in filter)
    return maskPeople(context.data, peopleWhoDid(context, filter, filter.did, filter.atLeast));
  if ('didNot' in filter) {
    const did = peopleWhoDid(context, filter, filter.didNot, 1);
    return maskPeople(
      context.data,
      did.map((flag) => 1 - flag),
    );
  }
  if (filter.field.startsWith('user.')) return maskUserCondition(context.data, filter);
  const vector = fieldVector(context.data, filter.field);
  if (vector.kind === 'codes')
    return maskCodes(vector.codes, vector.values, (value) => testCondition(value, filter));
  const mask = new Uint8Array(vector.values.length);
  const bounds = vector.kind === 'dates' ? null : boundsOf(filter);
  if (bounds) {
    if (vector.kind === 'thousandths') fillBoundedThousandths(mask, vector.values, bounds);
    else fillBounded(mask, vector.values, bounds);
    return mask;
  }
  const kind = vector.kind === 'dates' ? 'dates' : 'numbers';
  const values = vector.kind === 'dates' ? vector.values : plainNumbers(vector);
  for (let row = 0; row < mask.length; row++) {
    mask[row] = testCondition(valueOf(kind, values[row] as number), filter) ? 1 : 0;
  }
  return mask;
}

interface Bounds {
  readonly least: number;
  readonly greatest: number;
  /** What is missing is wanted, and nothing else. */
  readonly takesMissing: boolean;
}

/** A loop for each question: comparing with NaN, which is missing, is false. */
function fillBounded(mask: RowMask, values: Float64Array, { least, greatest, takesMissing }: Bounds): void {
  if (takesMissing) {
    for (let row = 0; row < mask.length; row++) mask[row] = values[row] === values[row] ? 0 : 1;
  } else if (least === -Infinity && greatest === Infinity) {
    for (let row = 0; row < mask.length; row++) mask[row] = values[row] === values[row] ? 1 : 0;
  } else {
    for (let row = 0; row < mask.length; row++) {
      const value = values[row] as number;
      mask[row] = value >= least && value <= greatest ? 1 : 0;
    }
  }
}

function fillBoundedThousandths(
  mask: RowMask,
  values: Uint32Array,
  { least, greatest, takesMissing }: Bounds,
): void {
  if (least === -Infinity && greatest === Infinity) {
    const present = takesMissing ? 0 : 1;
    for (let row = 0; row < mask.length; row++) mask[row] = values[row] === MISSING ? 1 - present : present;
  } else {
    for (let row = 0; row < mask.length; row++) {
      const value = fromThousandths(values[row] as number);
      mask[row] = value >= least && value <= greatest ? 1 : 0;
    }
  }
}

/** Conditions on numbers that are a stretch of numbers, ends included; null for others. */
function boundsOf(condition: Condition): Bounds | null {
  const all = { least: -Infinity, greatest: Infinity, takesMissing: false };
  if (condition.op === 'exists') return { ...all, takesMissing: !condition.value };
  if (condition.op !== 'gte' && condition.op !== 'lte') return null;
  const bound = readComparable(condition.value);
  if (typeof bound !== 'number') return null;
  return condition.op === 'gte' ? { ...all, least: bound } : { ...all, greatest: bound };
}

/** Every row of the people flagged. */
function maskPeople(data: ColumnData, people: Uint8Array): RowMask {
  const { start, rows } = data.table.layout;
  const mask = new Uint8Array(rows);
  for (let person = 0; person < people.length; person++) {
    if (people[person]) mask.fill(1, start[person], start[person + 1]);
  }
  return mask;
}

function maskUserCondition(data: ColumnData, condition: Condition): RowMask {
  return maskPeople(data, data.users.conditions.get(keyOf(condition)) ?? new Uint8Array());
}

/** People with at least so many rows of an event in a range; the report's own filters do not apply. */
function peopleWhoDid(
  context: MaskContext,
  filter: DidFilter | DidNotFilter,
  event: ReportEvent,
  atLeast: number,
): Uint8Array {
  const { layout, at } = context.data.table;
  const { from, to } = (filter.range && context.data.users.ranges.get(keyOf(filter.range))) ?? context.range;
  const mask = maskEvent(context, event);
  const people = new Uint8Array(layout.people);
  for (let person = 0; person < layout.people; person++) {
    let count = 0;
    const end = layout.start[person + 1] as number;
    for (let row = layout.start[person] as number; row < end && count < atLeast; row++) {
      const time = at.of(row);
      if (time >= from && time < to && (mask === null || mask[row] === 1)) count++;
    }
    people[person] = count >= atLeast ? 1 : 0;
  }
  return people;
}
