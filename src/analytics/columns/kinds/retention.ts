import { createAxis } from '../../../shared/time/axis';
import type { Bucket } from '../../../shared/time/calendar';
import type { KindAnswer } from '../../engine/context';
import { findCell } from '../../engine/retention/collectRetention';
import { RetentionTally, rollingLengthMs } from '../../kernels/retention/retentionTally';
import { planRetention } from '../../pipeline/retention';
import type { RetentionPart, RetentionQuery } from './retentionPart';
import { listUnits, type Ask, type RunContext } from './runContext';

/** Retention from columns. */
export async function runRetention(
  context: RunContext<'retention'>,
  ask: Ask<RetentionQuery, RetentionPart>,
): Promise<KindAnswer<'retention'>> {
  const { report, range, dataThrough } = context;
  const plan = planRetention(report, range, dataThrough);
  const { buckets, ...numbers } = plan;
  const { end } = buckets[buckets.length - 1] as Bucket;
  const axis = createAxis({ ...range, to: end }, report.interval, dataThrough);
  const listed = findCell(report, createAxis(range, report.interval, dataThrough));
  const parts = await ask({
    plan: numbers,
    axis,
    span: { from: range.from, to: end },
    rollingMs: report.rolling ? rollingLengthMs(report.interval) : null,
    ...(listed ? { listed } : {}),
  });
  const tally = new RetentionTally(plan);
  for (const { cells } of parts) tally.absorb(cells);
  const data = tally.figures();
  return { data: listed ? { ...data, users: await listUnits(context, parts) } : data };
}
