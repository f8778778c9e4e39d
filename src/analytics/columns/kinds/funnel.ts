import { createAxis } from '../../../shared/time/axis';
import type { KindAnswer } from '../../engine/context';
import { finishFunnel } from '../../engine/funnel/collectFunnel';
import type { FunnelPartResult } from '../../kernels/funnel/funnelPart';
import { planFunnel } from '../../pipeline/funnel';
import type { FunnelQuery } from './funnelPart';
import type { UnitRef } from './partContext';
import { unitNames, type Ask, type RunContext } from './runContext';

/** A funnel from columns. */
export async function runFunnel(
  context: RunContext<'funnel'>,
  ask: Ask<FunnelQuery, FunnelPartResult<UnitRef>>,
): Promise<KindAnswer<'funnel'>> {
  const { report, range, dataThrough } = context;
  const plan = planFunnel(report, range, dataThrough);
  const axis = createAxis(range, report.interval, dataThrough);
  const parts = await ask({ plan, axis });
  const nameOf = await unitNames(
    context,
    parts.flatMap(({ candidates }) => candidates.map(({ name }) => name)),
  );
  return { data: finishFunnel(report, plan, axis, parts, nameOf) };
}
