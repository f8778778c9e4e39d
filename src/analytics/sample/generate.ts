import type { EventLine } from '../../shared/model/event';
import { DAY_MS, HOUR_MS } from '../../shared/time/units';
import { ArrivalQueue } from './arrivals';
import { createRandom, fractionOf } from './random';
import { Schedule, weightOfDay, type ScheduledVisit } from './schedule';
import { playSession, type Outage, type PlayedEvent } from './session';
import { createVisitor } from './visitor';

export const SAMPLE_DAYS = 90;
export const DEFAULT_SAMPLE_EVENTS = 250_000;

export interface SampleOptions {
  /** The same seed gives the same shop. */
  readonly seed: number;
  /** Distinct events; lines that repeat one come on top. Default 250,000. */
  readonly events?: number;
  /** The instant (ms) before which all of it happens. */
  readonly endAt: number;
}

/** Start of the UTC day that holds an instant (ms). */
const startOfUtcDay = (instant: number): number => Math.floor(instant / DAY_MS) * DAY_MS;

/**
 * The one thing that went wrong in the sample's history: on one day, about two and a half weeks before the
 * end, nobody could pay on a phone from 06:00 to 22:00 UTC.
 */
export function sampleOutage(endAt: number): Outage {
  const day = startOfUtcDay(endAt - 18 * DAY_MS);
  return { from: day + 6 * HOUR_MS, to: day + 22 * HOUR_MS };
}

/** Events of a visit that has happened, as they reach the server. */
function deliver(queue: ArrivalQueue, events: readonly PlayedEvent[], seed: number, endAt: number): void {
  const first = events[0];
  const last = events[events.length - 1];
  if (!first || !last) return;
  const random = createRandom(seed, 41, first.at, events.length);
  // A phone without a signal keeps its events and sends them when it is back.
  const backAt = last.at + random.integer(10 * 60_000, 20 * HOUR_MS);
  const isLate = first.event.device === 'mobile' && random.chance(0.012) && backAt + events.length < endAt;
  events.forEach(({ at: happenedAt, event }, index) => {
    const at = isLate ? backAt + index : happenedAt;
    queue.add({ at, event, isFirst: true });
    // An answer that got lost makes the client send the event again.
    if (random.chance(0.0025)) {
      const again = at + random.integer(1_000, 40_000);
      if (again < endAt) queue.add({ at: again, event, isFirst: false });
    }
  });
}

/**
 * The history of a sample shop: 90 days of visitors, visits and purchases, as import lines in the order in
 * which they would have arrived. That is the order of time, except for about half a percent that arrive
 * late; about a quarter of a percent arrive twice (same `messageId`).
 *
 * Guarantees: the lines depend on the options alone; exactly `events` distinct message ids; all timestamps
 * lie in [endAt − 90 days, endAt); memory does not grow with the number of events.
 */
export function* generateSample(options: SampleOptions): Generator<EventLine, void, undefined> {
  const { seed, endAt, events: wanted = DEFAULT_SAMPLE_EVENTS } = options;
  const from = endAt - SAMPLE_DAYS * DAY_MS;
  const outage = sampleOutage(endAt);
  const schedule = new Schedule(seed);
  const queue = new ArrivalQueue();
  const firstDay = startOfUtcDay(from);
  const days = Math.ceil((endAt - firstDay) / DAY_MS);
  const dayStarts = Array.from({ length: days }, (_, day) => firstDay + day * DAY_MS);
  const weights = dayStarts.map((start, day) => {
    const covered = (Math.min(start + DAY_MS, endAt) - Math.max(start, from)) / DAY_MS;
    return covered * weightOfDay(seed, start, day / days);
  });
  // The last 24 to 48 hours are counted before they are played, so that the total comes out exactly.
  const lastOpenDay = dayStarts.filter((start) => start <= endAt - DAY_MS).length - 2;
  let weightLeft = weights.reduce((sum, weight) => sum + weight, 0);
  let made = 0;
  const seen = { newcomers: { visits: 4, events: 24 }, returning: { visits: 4, events: 36 } };

  const play = (visit: ScheduledVisit, most = Infinity): PlayedEvent[] => {
    if (visit.startAt < from || visit.startAt >= endAt) return [];
    const visitor = createVisitor(seed, visit.number);
    const events = playSession({ seed, visitor, visit: visit.visit, startAt: visit.startAt, outage });
    return events.filter(({ at }, index) => index < most && at < endAt);
  };
  const playAll = function* (visits: readonly (ScheduledVisit & { most?: number })[]): Generator<EventLine> {
    for (const visit of [...visits].sort((a, b) => a.startAt - b.startAt || a.number - b.number)) {
      for (const arrival of queue.takeBefore(visit.startAt)) yield arrival.event;
      const events = play(visit, Math.min(visit.most ?? Infinity, wanted - made));
      made += events.length;
      const kind = visit.visit === 0 ? seen.newcomers : seen.returning;
      if (events.length > 0) kind.visits += 1;
      kind.events += events.length;
      deliver(queue, events, seed, endAt);
    }
  };

  for (let day = 0; day <= lastOpenDay; day += 1) {
    const dayStart = dayStarts[day] ?? firstDay;
    const weight = weights[day] ?? 0;
    const visits = schedule.returning(day, dayStart);
    const quota = ((wanted - made) * weight) / weightLeft;
    const expected = (visits.length * seen.returning.events) / seen.returning.visits;
    const missing = Math.max(0, quota - expected) / (seen.newcomers.events / seen.newcomers.visits);
    // A day of which only a part counts needs proportionally more newcomers: the others are dropped.
    const covered = (Math.min(dayStart + DAY_MS, endAt) - Math.max(dayStart, from)) / DAY_MS;
    const newcomers = Math.floor(missing / covered + fractionOf(seed, 42, day));
    for (let count = 0; count < newcomers; count += 1) visits.push(schedule.newcomer(dayStart));
    weightLeft -= weight;
    yield* playAll(visits);
  }

  const candidates: { visit: ScheduledVisit; events: number }[] = [];
  let available = 0;
  const offer = (visit: ScheduledVisit): void => {
    const events = play(visit).length;
    if (events === 0) return;
    candidates.push({ visit, events });
    available += events;
  };
  const lastStarts: number[] = [];
  for (let day = lastOpenDay + 1; day < days; day += 1) {
    const dayStart = dayStarts[day] ?? firstDay;
    lastStarts.push(dayStart);
    schedule.returning(day, dayStart).forEach(offer);
  }
  for (let turn = 0; available < wanted - made; turn += 1) {
    // Newcomers spread over the open days; those who would come after the end are not offered.
    offer(schedule.newcomer(lastStarts[turn % lastStarts.length] ?? firstDay));
  }
  const drawn = candidates
    .map((candidate) => ({
      ...candidate,
      draw: fractionOf(seed, 43, candidate.visit.number, candidate.visit.startAt),
    }))
    .sort((a, b) => a.draw - b.draw);
  const kept: (ScheduledVisit & { most: number })[] = [];
  let left = wanted - made;
  for (const { visit, events } of drawn) {
    if (left <= 0) break;
    kept.push({ ...visit, most: Math.min(events, left) });
    left -= events;
  }
  yield* playAll(kept);
  for (const arrival of queue.takeBefore(Infinity)) yield arrival.event;
}
