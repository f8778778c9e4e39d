import type { EventLine } from '../../shared/model/event';
import { ArrivalQueue } from './arrivals';
import { createRandom } from './random';
import { playSession } from './session';
import { createVisitor, loyaltyOf } from './visitor';

export interface LiveOptions {
  /** The seed of the history it continues. */
  readonly seed: number;
  /** The first instant of the traffic (ms). */
  readonly startAt: number;
  /** On average; default 60. */
  readonly eventsPerMinute?: number;
}

/** About how many events one visit has. */
const EVENTS_PER_VISIT = 8;
/** Visitors with low numbers came in the first days of any history of some size. */
const KNOWN_VISITORS = 250;

/**
 * Endless traffic that continues a sample history: about half of it by loyal customers of that history,
 * the rest by people who are new. In order of time from `startAt` on; the caller waits until each event's
 * own timestamp before sending it. Depends on the options alone; another `startAt` gives other ids.
 */
export function* sampleLiveEvents(options: LiveOptions): Generator<EventLine, never, undefined> {
  const { seed, startAt, eventsPerMinute = 60 } = options;
  const random = createRandom(seed, 51, startAt);
  const queue = new ArrivalQueue();
  const gapMs = (EVENTS_PER_VISIT * 60_000) / Math.max(0.01, eventsPerMinute);
  const loyal = Array.from({ length: KNOWN_VISITORS }, (_, number) => number).filter(
    (number) => loyaltyOf(seed, number) === 'loyal',
  );
  const firstNewNumber = Math.floor(startAt / 1_000) * 1_000;
  // A busy shop is never empty: the visits of the last two minutes begin at once.
  let atOnce = Math.ceil(120_000 / gapMs);
  let at = startAt;
  for (let count = 0; ; count += 1) {
    if (atOnce > 0) {
      at += 50 + Math.floor(random.next() * 400);
      atOnce -= 1;
    } else at += Math.max(1, Math.round(-Math.log(1 - random.next()) * gapMs));
    for (const arrival of queue.takeBefore(at)) yield arrival.event;
    const known = random.chance(0.45) ? loyal[Math.floor(random.next() * loyal.length)] : undefined;
    const visitor = createVisitor(seed, known ?? firstNewNumber + count);
    if (visitor.loyalty === 'bot') continue;
    const visit = known === undefined ? 0 : 1_000;
    for (const played of playSession({ seed, visitor, visit, startAt: at, outage: undefined })) {
      queue.add({ ...played, isFirst: true });
    }
  }
}
