import { WaymarkError } from '../../../shared/errors';
import type { ReportOf } from '../../../shared/reports/report';
import type { ListedUser, RetentionData } from '../../../shared/reports/result';
import type { TimeAxis } from '../../../shared/time/axisPoint';
import {
  returnedPeriods,
  RetentionTally,
  rollingLengthMs,
  type RetentionPlan,
} from '../../kernels/retention/retentionTally';
import { findPoint, sortListed } from '../lists';

/**
 * The cell whose list a report asks for.
 * @param cohorts axis of the cohorts' buckets
 * @throws WaymarkError `badReport` when there is no such cell
 */
export function findCell(
  { users, periods }: ReportOf<'retention'>,
  cohorts: TimeAxis,
): { readonly cohort: number; readonly period: number } | undefined {
  if (!users) return undefined;
  const cohort = findPoint(cohorts, users.cohort, 'users.cohort');
  if (users.period > periods) {
    throw new WaymarkError(
      'badReport',
      `The report: users.period is ${users.period}: allowed is 0 to ${periods}, the report's periods.`,
      { path: 'users.period' },
    );
  }
  return { cohort, period: users.period };
}

/**
 * Takes the users of a retention report one by one, whatever executor brings them, and answers with its data.
 */
export class RetentionCollector {
  readonly #tally: RetentionTally;
  readonly #wantedCohort: number | undefined;
  readonly #listed: ListedUser[] = [];

  /**
   * @param cohorts axis of the cohorts' buckets
   * @throws WaymarkError `badReport` when the list asked for lies outside the cells
   */
  constructor(
    private readonly report: ReportOf<'retention'>,
    private readonly plan: RetentionPlan,
    cohorts: TimeAxis,
  ) {
    this.#wantedCohort = findCell(report, cohorts)?.cohort;
    this.#tally = new RetentionTally(plan);
  }

  /**
   * Takes a user of one cohort, on the calendar.
   * @param cohort index of the bucket in which the user started
   * @param returns indexes of the buckets of the returns up to `dataThrough`, in any order
   */
  takeBuckets(userId: string, cohort: number, returns: readonly number[]): void {
    this.#take(
      userId,
      cohort,
      returns.map((bucket) => bucket - cohort),
    );
  }

  /**
   * Takes a user of one cohort, in periods from the own start.
   * @param start the user's start in the cohort's bucket, ms
   * @param returns instants of the returns up to `dataThrough`, ms, in any order
   */
  takeInstants(userId: string, cohort: number, start: number, returns: readonly number[]): void {
    const length = rollingLengthMs(this.plan.interval);
    this.#take(
      userId,
      cohort,
      returns.map((t) => Math.floor((t - start) / length)),
    );
  }

  finish(): RetentionData {
    const data: RetentionData = this.#tally.figures();
    return this.report.users ? { ...data, users: sortListed(this.#listed) } : data;
  }

  #take(userId: string, cohort: number, returns: readonly number[]): void {
    const periods = returnedPeriods(this.plan, returns);
    this.#tally.add(cohort, periods);
    const { users } = this.report;
    if (!users || cohort !== this.#wantedCohort) return;
    if (users.period === 0 || periods.includes(users.period)) this.#listed.push({ userId });
  }
}
