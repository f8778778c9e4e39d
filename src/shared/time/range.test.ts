import { describe, expect, it } from 'vitest';
import { readComparedRange, readRange } from '../../analytics/reference/localTime';
import { comparedRange, rangeSchema, resolveRange, type RangeInput } from './range';

const at = (iso: string): number => Date.parse(iso);
const iso = (range: { from: number; to: number }): [string, string] => [
  new Date(range.from).toISOString(),
  new Date(range.to).toISOString(),
];
const NOW = at('2026-04-10T09:30:00Z');
const resolved = (input: unknown): ReturnType<typeof resolveRange> =>
  resolveRange(rangeSchema.parse(input), NOW);

describe('a range', () => {
  it('of dates holds both days whole, in local time', () => {
    expect(iso(resolved({ from: '2026-03-29', to: '2026-03-29', timezone: 'Europe/Berlin' }))).toEqual([
      '2026-03-28T23:00:00.000Z',
      '2026-03-29T22:00:00.000Z',
    ]);
  });

  it('of dates begins when the clock jumps over midnight', () => {
    expect(iso(resolved({ from: '2026-04-24', to: '2026-04-24', timezone: 'Africa/Cairo' }))).toEqual([
      '2026-04-23T22:00:00.000Z',
      '2026-04-24T21:00:00.000Z',
    ]);
  });

  it('of instants excludes its end', () => {
    expect(iso(resolved({ from: '2026-03-01T00:00:00+02:00', to: '2026-03-01T00:00:00Z' }))).toEqual([
      '2026-02-28T22:00:00.000Z',
      '2026-03-01T00:00:00.000Z',
    ]);
  });

  it('of the last days ends with today, the local one', () => {
    const now = at('2026-03-01T23:30:00Z');
    const range = resolveRange(rangeSchema.parse({ last: '2d', timezone: 'Asia/Kolkata' }), now);
    expect(iso(range)).toEqual(['2026-02-28T18:30:00.000Z', '2026-03-02T18:30:00.000Z']);
  });

  it('of the last hours ends now', () => {
    expect(iso(resolved({ last: '24h' }))).toEqual(['2026-04-09T09:30:00.000Z', '2026-04-10T09:30:00.000Z']);
  });
});

describe('the period before', () => {
  it('of dates steps back by whole local days, whatever their length', () => {
    const range = resolved({ from: '2026-03-29', to: '2026-04-04', timezone: 'Europe/Berlin' });
    expect(iso(comparedRange(range, 'previous'))).toEqual([
      '2026-03-21T23:00:00.000Z',
      '2026-03-28T23:00:00.000Z',
    ]);
  });

  it('of instants steps back by the same milliseconds', () => {
    const range = resolved({ from: '2026-03-29T00:00:00.001Z', to: '2026-03-29T10:00:00Z' });
    expect(iso(comparedRange(range, 'previous'))).toEqual([
      '2026-03-28T14:00:00.002Z',
      '2026-03-29T00:00:00.001Z',
    ]);
  });

  it('on the same weekdays lies whole weeks back, as few as do not overlap', () => {
    const days = (from: string, to: string): [string, string] =>
      iso(comparedRange(resolved({ from, to }), 'previousSameWeekday'));
    expect(days('2026-03-10', '2026-03-12')).toEqual([
      '2026-03-03T00:00:00.000Z',
      '2026-03-06T00:00:00.000Z',
    ]);
    expect(days('2026-03-09', '2026-03-15')).toEqual([
      '2026-03-02T00:00:00.000Z',
      '2026-03-09T00:00:00.000Z',
    ]);
    expect(days('2026-03-09', '2026-03-16')).toEqual([
      '2026-02-23T00:00:00.000Z',
      '2026-03-03T00:00:00.000Z',
    ]);
  });
});

describe('ranges on many days in many zones', () => {
  const zones = [
    'Europe/Berlin',
    'America/New_York',
    'Africa/Cairo',
    'Asia/Kolkata',
    'Australia/Lord_Howe',
    'America/Santiago',
  ];
  const day = (index: number): string =>
    new Date(at('2026-01-01T00:00:00Z') + index * 86_400_000).toISOString().slice(0, 10);

  it('equal those found by looking at the clock, and so do the periods before them', () => {
    for (const timezone of zones) {
      for (let index = 0; index < 365; index += 3) {
        const length = [1, 2, 7, 30][(index / 3) % 4] ?? 1;
        const input = rangeSchema.parse({ from: day(index), to: day(index + length - 1), timezone });
        const range = resolveRange(input, NOW);
        const looked = readRange(input, NOW);
        expect(iso(range), `${timezone} ${day(index)}`).toEqual(iso(looked));
        for (const compare of ['previous', 'previousSameWeekday'] as const) {
          expect(iso(comparedRange(range, compare))).toEqual(iso(readComparedRange(looked, compare)));
        }
      }
    }
  }, 60_000);

  it('equal them for the last days and hours at any hour', () => {
    for (const timezone of zones) {
      for (let hour = 0; hour < 24 * 60; hour += 17) {
        const now = at('2026-03-01T00:15:00Z') + hour * 3_600_000;
        for (const last of ['1d', '3d', '30d', '5h']) {
          const input: RangeInput = rangeSchema.parse({ last, timezone });
          expect(iso(resolveRange(input, now))).toEqual(iso(readRange(input, now)));
        }
      }
    }
  }, 60_000);
});

describe('what is refused', () => {
  const refused: [string, unknown][] = [
    ['from after to', { from: '2026-03-02', to: '2026-03-01' }],
    ['an empty range of instants', { from: '2026-03-02T00:00:00Z', to: '2026-03-02T00:00:00Z' }],
    ['a date and an instant', { from: '2026-03-01', to: '2026-03-02T00:00:00Z' }],
    ['a date that does not exist', { from: '2026-02-30', to: '2026-03-01' }],
    ['an instant that does not exist', { from: '2026-02-28T25:00:00Z', to: '2026-03-01T00:00:00Z' }],
    ['an instant without a zone', { from: '2026-03-01T00:00:00', to: '2026-03-02T00:00:00' }],
    ['an unknown zone', { last: '7d', timezone: 'Europe/Atlantis' }],
    ['a zone in other letters', { last: '7d', timezone: 'europe/berlin' }],
    ['no days', { last: '0d' }],
    ['weeks', { last: '2w' }],
    ['a day of the week that is none', { last: '7d', weekStart: 'Monday' }],
    ['both forms at once', { last: '7d', from: '2026-03-01', to: '2026-03-02' }],
    ['a span of more than a century', { from: '1900-01-01', to: '2026-01-01' }],
  ];
  it.each(refused)('%s', (_, input) => {
    expect(rangeSchema.safeParse(input).success).toBe(false);
  });
});
