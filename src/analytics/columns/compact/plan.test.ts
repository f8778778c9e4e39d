import { Timestamp } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../shared/time/units';
import { BLOCK_VERSION } from '../format/block';
import type { ColumnDay, DayPart } from '../live/columnDay';
import { nextBatch, piecesOf, planDay, type Piece } from './plan';

const NOW = 100 * DAY_MS + 15 * HOUR_MS;
const at = (seconds: number): Timestamp => new Timestamp({ t: seconds, i: 1 });
const part = (from: number, to: number): DayPart => ({
  from,
  to,
  since: at(100),
  rows: 10,
  blocks: [],
  inexact: {},
  properties: ['plan:text'],
  version: BLOCK_VERSION,
});
const day = (number: number, parts: DayPart[], dirtyHours: number[] = []): ColumnDay => ({
  start: number * DAY_MS,
  revision: 1,
  parts,
  changed: new Map(dirtyHours.map((hour) => [hour, at(200)])),
});
const CONTEXT = { now: NOW, properties: ['plan:text'], rewritten: undefined };
const spans = (pieces: readonly Piece[]): string[] => pieces.map(({ from, to }) => `${from}-${to}`);

describe('the plan for a day', () => {
  it('builds the hours of a hot day one by one, and only those that are outdated', () => {
    expect(spans(planDay(day(100, [part(3, 4), part(4, 5)], [4, 9]), CONTEXT))).toEqual(['4-5', '9-10']);
  });

  it('joins a cold day, and builds it whole when something late arrives', () => {
    expect(spans(planDay(day(10, [part(3, 4), part(4, 5)]), CONTEXT))).toEqual(['0-24']);
    expect(planDay(day(10, [part(0, 24)]), CONTEXT)).toEqual([]);
    expect(spans(planDay(day(10, [part(0, 24)], [7]), CONTEXT))).toEqual(['0-24']);
  });

  it('builds parts of an older version of blocks again, though nothing has changed in them', () => {
    const old = { ...part(0, 24), version: BLOCK_VERSION - 1 };
    const oldest = { ...part(0, 24), version: undefined };
    const newer = { ...part(0, 24), version: BLOCK_VERSION + 1 };
    expect([old, oldest, newer].map((one) => planDay(day(10, [one]), CONTEXT).length)).toEqual([1, 1, 0]);
  });

  it('covers days that held events before the first build, and leaves empty ones alone afterwards', () => {
    expect(spans(planDay(day(10, []), CONTEXT, true))).toEqual(['0-24']);
    expect(planDay(day(100, []), CONTEXT, true)).toHaveLength(24);
    expect(planDay(day(10, []), CONTEXT)).toEqual([]);
  });

  it('builds parts again that lack a declared property or were read before something they depend on changed', () => {
    expect(spans(planDay(day(10, [part(0, 24)]), { ...CONTEXT, properties: ['amount:number'] }))).toEqual([
      '0-24',
    ]);
    expect(spans(planDay(day(10, [part(0, 24)]), { ...CONTEXT, rewritten: at(101) }))).toEqual(['0-24']);
    expect(planDay(day(10, [part(0, 24)]), { ...CONTEXT, rewritten: at(100) })).toEqual([]);
  });

  it('looks at every hour when everything is verified', () => {
    expect(spans(piecesOf(day(100, [part(3, 4), part(6, 24)])))).toEqual(['0-3', '3-4', '4-6', '6-24']);
  });
});

describe('a batch', () => {
  const whole = (number: number) => ({ day: day(number, []), pieces: [{ from: 0, to: 24 }] });

  it('takes neighbouring whole days together, the newest first, up to a number of events', () => {
    const batch = nextBatch([whole(1), whole(2), whole(3), whole(4)], () => 100, 250);
    expect(batch).toMatchObject({ from: 3 * DAY_MS, to: 5 * DAY_MS });
    expect(batch?.days.map((entry) => entry.day.start / DAY_MS)).toEqual([3, 4]);
    expect(nextBatch([whole(1), whole(9)], () => 100, 250)?.days).toHaveLength(1);
  });

  it('reads no more of a day than its pieces', () => {
    const batch = nextBatch([whole(1), { day: day(2, []), pieces: [{ from: 5, to: 6 }] }], () => 1, 250);
    expect(batch).toMatchObject({ from: 2 * DAY_MS + 5 * HOUR_MS, to: 2 * DAY_MS + 6 * HOUR_MS });
    expect(nextBatch([], () => 1, 250)).toBeNull();
  });
});
