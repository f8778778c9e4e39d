import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { eventLineSchema, type EventLine } from '../../shared/model/event';
import { DAY_MS } from '../../shared/time/units';
import { generateSample, SAMPLE_DAYS, sampleOutage } from './generate';

const END = Date.parse('2026-03-31T15:20:00Z');
const timeOf = (event: EventLine): number => Date.parse(String(event.timestamp));

function digest(options: Parameters<typeof generateSample>[0]): string {
  const hash = createHash('sha256');
  for (const event of generateSample(options)) hash.update(JSON.stringify(event));
  return hash.digest('hex');
}

describe('generateSample', () => {
  const lines = [...generateSample({ seed: 7, events: 60_000, endAt: END })];
  const byId = new Map(lines.map((line) => [line.messageId, line]));
  const events = [...byId.values()];
  const sessions = new Map<string, EventLine[]>();
  for (const event of events) {
    const id = event.sessionId ?? '';
    sessions.set(id, [...(sessions.get(id) ?? []), event]);
  }
  const share = (test: (session: EventLine[]) => boolean): number =>
    [...sessions.values()].filter(test).length / sessions.size;
  const count = (test: (event: EventLine) => boolean): number => events.filter(test).length;
  const has = (type: string) => (session: EventLine[]) => session.some((event) => event.eventType === type);

  it('depends on the seed and the end alone', () => {
    expect(digest({ seed: 3, events: 3_000, endAt: END })).toBe(
      digest({ seed: 3, events: 3_000, endAt: END }),
    );
    expect(digest({ seed: 3, events: 3_000, endAt: END })).not.toBe(
      digest({ seed: 4, events: 3_000, endAt: END }),
    );
  });

  it.each([1, 10, 777, 12_345])('gives exactly %i distinct events', (wanted) => {
    const ids = new Set<string | undefined>();
    for (const event of generateSample({ seed: 1, events: wanted, endAt: END })) ids.add(event.messageId);
    expect(ids.size).toBe(wanted);
  });

  it('gives the exact number when the history ends at or just after midnight', () => {
    for (const end of ['2026-03-31T00:00:00Z', '2026-03-31T00:04:00Z']) {
      const endAt = Date.parse(end);
      const made = [...generateSample({ seed: 2, events: 9_000, endAt })];
      expect(new Set(made.map((event) => event.messageId)).size).toBe(9_000);
      expect(made.filter((event) => timeOf(event) >= endAt - DAY_MS).length).toBeGreaterThan(70);
    }
  });

  it('writes valid import lines inside the 90 days', () => {
    for (const event of events.slice(0, 5_000)) expect(eventLineSchema.safeParse(event).success).toBe(true);
    expect(events.every((event) => timeOf(event) >= END - SAMPLE_DAYS * DAY_MS && timeOf(event) < END)).toBe(
      true,
    );
    const days = new Set(events.map((event) => String(event.timestamp).slice(0, 10)));
    expect(days.size).toBe(91);
  });

  it('is in order of time but for a few late events, and repeats a few', () => {
    let newest = 0;
    let late = 0;
    for (const line of lines) {
      if (timeOf(line) < newest - 60_000) late += 1;
      newest = Math.max(newest, timeOf(line));
    }
    expect(late / lines.length).toBeGreaterThan(0.001);
    expect(late / lines.length).toBeLessThan(0.015);
    expect((lines.length - events.length) / lines.length).toBeGreaterThan(0.001);
    expect((lines.length - events.length) / lines.length).toBeLessThan(0.005);
  });

  it('drops off believably from visit to purchase', () => {
    const viewed = share(has('product_view'));
    const added = share(has('add_to_cart'));
    const started = share(has('checkout_start'));
    const bought = share(has('purchase'));
    expect(viewed).toBeGreaterThan(0.5);
    expect(added / viewed).toBeGreaterThan(0.15);
    expect(added / viewed).toBeLessThan(0.5);
    expect(started / added).toBeLessThan(0.8);
    expect(bought / started).toBeLessThan(0.9);
    expect(bought).toBeGreaterThan(0.04);
  });

  it('has bounces: sessions of one page visit and nothing else', () => {
    const bounced = share((session) => session.length === 1 && session[0]?.eventType === 'page_visit');
    expect(bounced).toBeGreaterThan(0.15);
    expect(bounced).toBeLessThan(0.4);
  });

  it('keeps a session to one person and one machine, without long gaps', () => {
    for (const session of sessions.values()) {
      expect(new Set(session.map((event) => event.anonymousId)).size).toBe(1);
      expect(new Set(session.map((event) => `${event.device} ${event.browser} ${event.os}`)).size).toBe(1);
      const times = session.map(timeOf).sort((a, b) => a - b);
      times.forEach((time, index) => expect(time - (times[index - 1] ?? time)).toBeLessThan(30 * 60_000));
    }
  });

  it('lets anonymous visitors log in later, some from a second machine', () => {
    const machines = new Map<string, Set<string | undefined>>();
    for (const event of events) {
      if (event.userId === undefined) continue;
      machines.set(event.userId, (machines.get(event.userId) ?? new Set()).add(event.anonymousId));
    }
    expect(machines.size).toBeGreaterThan(200);
    expect([...machines.values()].filter((set) => set.size > 1).length).toBeGreaterThan(10);
    const known = new Set([...machines.values()].flatMap((set) => [...set]));
    expect(count((event) => event.userId === undefined && known.has(event.anonymousId))).toBeGreaterThan(500);
    expect(count((event) => event.eventType === 'plan_change')).toBeGreaterThan(20);
  });

  it('brings visitors back', () => {
    const days = new Map<string | undefined, Set<string>>();
    for (const event of events) {
      const day = String(event.timestamp).slice(0, 10);
      days.set(event.anonymousId, (days.get(event.anonymousId) ?? new Set()).add(day));
    }
    const back = [...days.values()].filter((set) => set.size > 1).length / days.size;
    expect(back).toBeGreaterThan(0.2);
    expect(back).toBeLessThan(0.6);
  });

  it('follows the clock of each country', () => {
    const busiest = (country: string): number => {
      const hours = new Array<number>(24).fill(0);
      for (const event of events) {
        const hour = new Date(timeOf(event)).getUTCHours();
        if (event.country === country) hours[hour] = (hours[hour] ?? 0) + 1;
      }
      return hours.indexOf(Math.max(...hours));
    };
    expect([18, 19, 20]).toContain(busiest('DE'));
    expect([14, 15, 16]).toContain(busiest('IN'));
  });

  it('is quieter on Fridays than on Sundays', () => {
    const on = (day: number): number => count((event) => new Date(timeOf(event)).getUTCDay() === day);
    expect(on(5)).toBeLessThan(on(0) * 0.85);
  });

  it('has one checkout outage on phones, on one day, that shows', () => {
    const { from, to } = sampleOutage(END);
    const within = (event: EventLine): boolean =>
      event.device === 'mobile' && timeOf(event) >= from && timeOf(event) < to;
    expect(count((event) => within(event) && event.eventType === 'purchase')).toBe(0);
    expect(count((event) => within(event) && event.eventType === 'payment_failed')).toBeGreaterThan(1);
    const desktop = count(
      (event) =>
        event.device === 'desktop' &&
        timeOf(event) >= from &&
        timeOf(event) < to &&
        event.eventType === 'purchase',
    );
    expect(desktop).toBeGreaterThan(0);
    expect(count((event) => !within(event) && event.properties?.['reason'] === 'gateway_timeout')).toBe(0);
  });

  it('has a few bots, amounts in purchases, campaigns and referrers', () => {
    expect(count((event) => event.properties?.['bot'] === true) / events.length).toBeLessThan(0.03);
    expect(count((event) => event.properties?.['bot'] === true)).toBeGreaterThan(0);
    const purchases = events.filter((event) => event.eventType === 'purchase');
    expect(purchases.every((event) => Number(event.properties?.['amount']) > 0)).toBe(true);
    expect(count((event) => event.properties?.['utm_campaign'] !== undefined)).toBeGreaterThan(1_000);
    expect(count((event) => event.page?.referrer?.includes('google') === true)).toBeGreaterThan(1_000);
  });
});
