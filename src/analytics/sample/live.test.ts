import { describe, expect, it } from 'vitest';
import { eventLineSchema, type EventLine } from '../../shared/model/event';
import { sampleLiveEvents } from './live';
import { sampleTraits } from './visitor';

const START = Date.parse('2026-04-01T10:00:00Z');

function take(amount: number, startAt = START, eventsPerMinute = 120): EventLine[] {
  const taken: EventLine[] = [];
  for (const event of sampleLiveEvents({ seed: 7, startAt, eventsPerMinute })) {
    taken.push(event);
    if (taken.length === amount) break;
  }
  return taken;
}

describe('sampleLiveEvents', () => {
  const events = take(6_000);

  it('is in order of time, valid and repeatable', () => {
    const times = events.map((event) => Date.parse(String(event.timestamp)));
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times[0]).toBeGreaterThanOrEqual(START);
    expect(events.every((event) => eventLineSchema.safeParse(event).success)).toBe(true);
    expect(take(500)).toEqual(events.slice(0, 500));
  });

  it('keeps about the rate asked for', () => {
    const spanMinutes = (Date.parse(String(events[5_999]?.timestamp)) - START) / 60_000;
    expect(6_000 / spanMinutes).toBeGreaterThan(80);
    expect(6_000 / spanMinutes).toBeLessThan(180);
  });

  it('never repeats a message, also after a restart', () => {
    const later = take(3_000, START + 60_000);
    const ids = new Set([...events, ...later].map((event) => event.messageId));
    const known = (event: EventLine): boolean => later.some((other) => other.messageId === event.messageId);
    expect(ids.size).toBe(9_000 - events.filter(known).length);
    expect(events.filter(known)).toEqual([]);
  });

  it('mixes customers of the history with new visitors', () => {
    const users = new Set(events.map((event) => event.userId).filter((id) => id !== undefined));
    expect(users.size).toBeGreaterThan(10);
  });
});

describe('sampleTraits', () => {
  it('gives each user a name and an address of their own', () => {
    const traits = Array.from({ length: 5_000 }, (_, index) => sampleTraits(7, `u-${index.toString(36)}`));
    expect(new Set(traits.map((one) => one.email)).size).toBe(5_000);
    expect(traits.every((one) => /^[a-z.0-9]+@example\.com$/.test(one.email) && one.name.includes(' '))).toBe(
      true,
    );
    expect(sampleTraits(7, 'u-5')).toEqual(sampleTraits(7, 'u-5'));
  });
});
