import { Timestamp } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../../shared/time/units';
import { segmentsOf, withUnknownDays, type ColumnDay, type DayPart } from './columnDay';

const at = (seconds: number): Timestamp => new Timestamp({ t: seconds, i: 1 });
const part = (from: number, to: number, since: number): DayPart => ({
  from,
  to,
  since: at(since),
  rows: 10,
  blocks: [],
  inexact: {},
  properties: [],
});
const day = (parts: DayPart[], changed: [number, number][] = []): ColumnDay => ({
  start: 0,
  revision: 1,
  parts,
  changed: new Map(changed.map(([hour, seconds]) => [hour, at(seconds)])),
});
const kinds = (one: ColumnDay, recent: [number, number][] = []): string[] =>
  segmentsOf(one, new Map(recent.map(([hour, seconds]) => [hour, at(seconds)]))).map((segment) =>
    segment.kind === 'stored'
      ? `stored ${segment.part.from}-${segment.part.to}`
      : `dirty ${segment.from}-${segment.to}`,
  );

describe('the segments of a day', () => {
  it('are its parts while nothing changed after they were read', () => {
    expect(kinds(day([part(0, 24, 100)], [[3, 100]]))).toEqual(['stored 0-24']);
    expect(kinds(day([part(0, 24, 100)], [[3, 101]]))).toEqual(['dirty 0-24']);
    expect(kinds(day([part(0, 1, 100), part(1, 2, 100)], [[1, 200]]))).toEqual(['stored 0-1', 'dirty 1-2']);
  });

  it('know of changes that only the log knows', () => {
    expect(kinds(day([part(0, 24, 100)]), [[23, 101]])).toEqual(['dirty 0-24']);
    expect(kinds(day([part(0, 24, 100)]), [[24, 101]])).toEqual(['stored 0-24']);
  });

  it('leave hours out that are in no part and have no note, and take those that have one', () => {
    expect(kinds(day([part(4, 5, 100)], [[7, 1]]))).toEqual(['stored 4-5', 'dirty 7-8']);
  });

  it('include days that have no entry yet', () => {
    const days = withUnknownDays([day([])], new Map([[49, at(1)]]));
    expect(days.map(({ start }) => start)).toEqual([0, 48 * HOUR_MS]);
  });
});
