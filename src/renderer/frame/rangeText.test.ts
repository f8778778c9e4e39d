import { describe, expect, it } from 'vitest';
import { countRangeDays, presetLabel, readRangeText, shiftRange, wallDay, widenRange } from './rangeText';

const today = Date.parse('2026-03-18T00:00:00Z');

describe('ranges in words', () => {
  it('reads counts and names', () => {
    expect(readRangeText('30d', today, 'monday')).toEqual({ last: '30d' });
    expect(readRangeText('last 2 weeks', today, 'monday')).toEqual({ last: '14d' });
    expect(readRangeText('last week', today, 'monday')).toEqual({ from: '2026-03-09', to: '2026-03-15' });
    expect(readRangeText('last week', today, 'sunday')).toEqual({ from: '2026-03-08', to: '2026-03-14' });
    expect(readRangeText('soon', today, 'monday')).toBeUndefined();
  });
  it('names a preset again', () => {
    expect(presetLabel({ from: '2026-02-01', to: '2026-02-28' }, today, 'monday')).toBe('Last month');
  });
});

describe('moving a range', () => {
  it('steps by its own length', () => {
    const now = Date.parse('2026-03-18T12:00:00Z');
    expect(shiftRange({ last: '7d' }, -1, 'UTC', now)).toEqual({ from: '2026-03-05', to: '2026-03-11' });
    expect(shiftRange({ from: '2026-03-01', to: '2026-03-31' }, 1, 'UTC', now)).toEqual({
      from: '2026-04-01',
      to: '2026-05-01',
    });
  });
  it('widens step by step', () => {
    expect(widenRange({ last: '30d' })).toEqual({ last: '90d' });
    expect(widenRange({ from: '2026-01-01', to: '2026-01-02' })).toEqual({ last: '365d' });
  });
});

it('days are the zone’s', () => {
  expect(wallDay('Asia/Kolkata', Date.parse('2026-03-17T20:00:00Z'))).toBe(today);
  expect(
    countRangeDays(Date.parse('2026-03-28T23:00Z'), Date.parse('2026-03-30T22:00Z'), 'Europe/Berlin'),
  ).toBe(2);
});
