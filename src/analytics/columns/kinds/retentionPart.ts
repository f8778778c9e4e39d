import type { TimeAxis } from '../../../shared/time/axisPoint';
import type { RetentionPlan } from '../../kernels/retention/retentionTally';
import { countRetention } from '../kernels/retention';
import { maskEvent, maskCounted } from '../scan/rowMask';
import { maskContext, personRef, type Instants, type PartContext, type UnitRef } from './partContext';

export interface RetentionQuery {
  readonly plan: Omit<RetentionPlan, 'buckets'>;
  /** Points are the plan's buckets. */
  readonly axis: TimeAxis;
  /** From the range's start to the end of the last bucket. */
  readonly span: Instants;
  /** Length of a rolling period; null on the calendar. */
  readonly rollingMs: number | null;
  readonly listed?: { readonly cohort: number; readonly period: number };
}

export interface RetentionPart {
  /** Users by cohort and period, row-major. */
  readonly cells: Float64Array;
  readonly listed: readonly UnitRef[];
}

/** The cohorts of a part. @throws NotAColumn */
export function retentionPart(context: PartContext<'retention'>, query: RetentionQuery): RetentionPart {
  const { report, data } = context;
  const { table } = data;
  const { plan, axis, span, rollingMs, listed } = query;
  const tests = maskContext(context);
  const { cells, people } = countRetention(
    {
      layout: table.layout,
      at: table.at,
      starts: maskEvent(tests, report.start),
      returns: maskEvent(tests, report.return),
      passes: maskCounted(tests, report.filters),
      buckets: table.points(axis, span.from, span.to),
      isFirstTime: report.cohort === 'firstTime',
      isOrAfter: plan.rule === 'onOrAfter',
      rollingMs,
      periods: plan.periods,
      cohortCount: plan.cohortCount,
      from: plan.from,
      to: plan.to,
      dataThrough: plan.dataThrough,
    },
    listed,
  );
  return { cells, listed: people.map((person) => personRef(data, person)) };
}
