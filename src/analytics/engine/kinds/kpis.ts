import { comparedRange } from '../../../shared/time/range';
import { computeKpis } from '../../kernels/kpis/figures';
import { listKpi } from '../../kernels/kpis/list';
import type { KindAnswer, RunContext } from '../context';
import { gatherKpiInputs } from '../kpis/gatherInputs';
import { sortListed } from '../lists';

/** Runs the key figures of a range, those of the compared period, and the list behind one of them. */
export async function runKpis(context: RunContext<'kpis'>): Promise<KindAnswer<'kpis'>> {
  const { report, range } = context;
  context.onProgress({ phase: 'key figures' });
  const inputs = await gatherKpiInputs(context, range);
  const figures = computeKpis(inputs);
  const users = report.users ? sortListed(listKpi(report.users.kpi, inputs)) : undefined;
  if (report.compare === 'none') return { data: figures, ...(users ? { users } : {}) };
  context.onProgress({ phase: 'compared period' });
  const previous = computeKpis(await gatherKpiInputs(context, comparedRange(range, report.compare)));
  return { data: { ...figures, previous }, ...(users ? { users } : {}) };
}
