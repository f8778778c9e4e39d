import type { RetentionData } from '../../../shared/reports/result';
import { type Bucket } from '../../../shared/time/calendar';
import { DAY_MS } from '../../../shared/time/units';
import { rate } from '../numbers';

/** What a retention report asks, in numbers. */
export interface RetentionPlan {
  readonly interval: 'day' | 'week' | 'month';
  /** Columns after period 0. */
  readonly periods: number;
  readonly rule: 'on' | 'onOrAfter';
  readonly rolling: boolean;
  /** Buckets of the range, then `periods` further ones. */
  readonly buckets: readonly Bucket[];
  readonly cohortCount: number;
  /** Range, ms. */
  readonly from: number;
  readonly to: number;
  /** ms; −Infinity without events. */
  readonly dataThrough: number;
}

/** Length of a rolling period: 24 hours, 7 or 30 times that. */
export function rollingLengthMs(interval: RetentionPlan['interval']): number {
  return { day: 1, week: 7, month: 30 }[interval] * DAY_MS;
}

/**
 * The periods after period 0 in which a user returned, from the buckets (calendar) or the whole periods since
 * the own start (rolling) of the returns.
 * @param returns index of each return's period, in any order, repeats allowed; those below 1 do not count
 * @returns ascending, 1 … periods; under `onOrAfter` every period up to the last return's
 */
export function returnedPeriods(
  plan: Pick<RetentionPlan, 'periods' | 'rule'>,
  returns: Iterable<number>,
): number[] {
  const seen = new Set<number>();
  let last = 0;
  for (const period of returns) {
    if (period < 1) continue;
    last = Math.max(last, period);
    if (period <= plan.periods) seen.add(period);
  }
  if (plan.rule === 'on') return [...seen].sort((a, b) => a - b);
  return Array.from({ length: Math.min(last, plan.periods) }, (_, index) => index + 1);
}

/** Adds up cohorts. Memory: one number a cell. */
export class RetentionTally {
  private readonly users: Float64Array[];

  constructor(private readonly plan: RetentionPlan) {
    this.users = Array.from({ length: plan.cohortCount }, () => new Float64Array(plan.periods + 1));
  }

  /** Counts a user of a cohort. `periods` as `returnedPeriods` gives them. */
  add(cohort: number, periods: readonly number[]): void {
    const cells = this.users[cohort];
    if (!cells) return;
    cells[0] = (cells[0] as number) + 1;
    for (const period of periods) cells[period] = (cells[period] as number) + 1;
  }

  /** Adds counted cells: users by cohort and period, row-major. */
  absorb(counted: Float64Array): void {
    this.users.forEach((cells, cohort) => {
      for (let period = 0; period < cells.length; period += 1) {
        cells[period] = (cells[period] as number) + (counted[cohort * cells.length + period] as number);
      }
    });
  }

  figures(): Omit<RetentionData, 'users'> {
    const cohorts = this.users.map((cells, cohort) => ({
      at: new Date((this.plan.buckets[cohort] as Bucket).start).toISOString(),
      size: cells[0] as number,
      cells: Array.from(cells, (users, period) => ({
        period,
        users,
        complete: this.isComplete(cohort, period),
      })),
    }));
    const mean = Array.from({ length: this.plan.periods + 1 }, (_, period) => {
      let returned = 0;
      let size = 0;
      for (const cohort of cohorts) {
        const cell = cohort.cells[period];
        if (cell?.complete !== true) continue;
        returned += cell.users;
        size += cohort.size;
      }
      return rate(returned, size);
    });
    return { interval: this.plan.interval, cohorts, mean };
  }

  /** Whether the cohort's bucket lies wholly in the range and the period has passed for all of it. */
  private isComplete(cohort: number, period: number): boolean {
    const { buckets, from, to, dataThrough, rolling, interval } = this.plan;
    const own = buckets[cohort] as Bucket;
    if (own.start < from || own.end > to || own.end > dataThrough) return false;
    const closes =
      rolling && period > 0
        ? own.end + (period + 1) * rollingLengthMs(interval)
        : (buckets[cohort + period] as Bucket).end;
    return closes <= dataThrough;
  }
}
