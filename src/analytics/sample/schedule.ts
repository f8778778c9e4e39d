import { DAY_MS, HOUR_MS } from '../../shared/time/units';
import { offsetAt } from '../../shared/time/zones';
import type { Random, Weighted } from './random';
import { createRandom, fractionOf } from './random';
import { createVisitor, loyaltyOf, visitsBefore, visitsOn } from './visitor';

/** A visit that is going to happen. */
export interface ScheduledVisit {
  /** The visitor's number. */
  readonly number: number;
  /** 0 = the first visit. */
  readonly visit: number;
  /** ms since 1970. */
  readonly startAt: number;
}

/** How busy each local hour is. */
const HOUR_WEIGHTS = [
  9, 5, 3, 2, 2, 4, 10, 20, 30, 36, 40, 44, 52, 46, 40, 38, 40, 46, 56, 70, 82, 78, 52, 24,
];
const LOCAL_HOURS = HOUR_WEIGHTS.map(
  (weight, hour) => [hour, weight] as const,
) as unknown as Weighted<number>;

/** How busy each weekday is, Sunday first. */
const WEEKDAY_WEIGHTS = [1.18, 1.04, 1, 0.98, 0.95, 0.84, 0.92];

/** How much traffic a UTC day attracts, relative to others; the shop grows by half over the history. */
export function weightOfDay(seed: number, dayStart: number, progress: number): number {
  const weekday = WEEKDAY_WEIGHTS[new Date(dayStart).getUTCDay()] ?? 1;
  const luck = 0.95 + 0.1 * fractionOf(seed, 31, dayStart);
  return weekday * luck * (1 + 0.5 * progress);
}

/** An instant of a UTC day at which somebody in a zone is likely to be awake and shopping. */
function instantOn(dayStart: number, timezone: string, random: Random): number {
  const local = (random.weighted(LOCAL_HOURS) + random.next()) * HOUR_MS;
  const utc = local - offsetAt(timezone, dayStart);
  return dayStart + Math.floor((utc + DAY_MS) % DAY_MS);
}

/**
 * Who comes on which day. It remembers only how many visitors had come before each day; who returns is
 * drawn anew from their numbers, so that memory does not grow with the visitors.
 */
export class Schedule {
  /** Per day, the number of the first visitor who is new on it. */
  private readonly firstNewOn: number[] = [];
  private visitors = 0;

  constructor(private readonly seed: number) {}

  /** Visits of people who have come before, in no order. Days count from 0 and must be asked for in order. */
  returning(day: number, dayStart: number): ScheduledVisit[] {
    const visits: ScheduledVisit[] = [];
    this.firstNewOn.push(this.visitors);
    for (let arrivalDay = 0; arrivalDay < day; arrivalDay += 1) {
      const age = day - arrivalDay;
      const end = this.firstNewOn[arrivalDay + 1] ?? this.visitors;
      for (let number = this.firstNewOn[arrivalDay] ?? end; number < end; number += 1) {
        const loyalty = loyaltyOf(this.seed, number);
        if (loyalty === 'once' || !visitsOn(this.seed, number, loyalty, age)) continue;
        const visit = visitsBefore(this.seed, number, loyalty, age);
        const first = this.at(number, visit, dayStart);
        visits.push(first);
        if (loyalty === 'loyal' && fractionOf(this.seed, 32, number, day) < 0.1) {
          const later = Math.floor((1 + 3 * fractionOf(this.seed, 33, number, day)) * HOUR_MS);
          // No sign-up happens twice: the second visit of a day counts as a later one.
          const startAt = Math.min(first.startAt + later, dayStart + DAY_MS - 1);
          visits.push({ number, visit: visit + 1_000, startAt });
        }
      }
    }
    return visits;
  }

  /** The first visit of somebody new, on the day last asked for. */
  newcomer(dayStart: number): ScheduledVisit {
    const number = this.visitors;
    this.visitors += 1;
    return this.at(number, 0, dayStart);
  }

  private at(number: number, visit: number, dayStart: number): ScheduledVisit {
    const random = createRandom(this.seed, 34, number, dayStart);
    const { timezone } = createVisitor(this.seed, number).origin;
    return { number, visit, startAt: instantOn(dayStart, timezone, random) };
  }
}
