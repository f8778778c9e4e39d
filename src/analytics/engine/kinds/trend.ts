import type { ListedUser } from '../../../shared/reports/result';
import { createAxis } from '../../../shared/time/axis';
import { comparedRange, type ResolvedRange } from '../../../shared/time/range';
import { assignSeries, type SeriesChoice } from '../../kernels/series';
import { compileReport, type KindAnswer, type RunContext } from '../context';
import { findPoint, sortListed } from '../lists';
import { assembleTrend, chooseTrendSeries, type TrendFigures } from '../trend/assemble';
import { gatherAggregates } from '../trend/gatherAggregates';
import { countStarts } from '../trend/countStarts';
import { countFigures, gatherCounts } from '../trend/gatherCounts';
import { gatherUniques } from '../trend/gatherUniques';
import { preparePeriod, type TrendPeriod } from '../trend/period';

/** Gathers what a period's figures are made of. */
async function gatherFigures(period: TrendPeriod): Promise<TrendFigures> {
  const { measure } = period.context.report;
  if (typeof measure === 'object') return gatherAggregates(period, measure);
  if (measure === 'events') return gatherCounts(period);
  const counted = measure === 'sessions' ? await countStarts(period) : undefined;
  return counted ? countFigures(['all'], [counted], counted.length) : gatherUniques(period, measure);
}

async function listBehind(
  period: TrendPeriod,
  figures: TrendFigures,
  choice: SeriesChoice,
): Promise<ListedUser[]> {
  const wanted = period.context.report.users;
  if (!wanted) return [];
  const point = findPoint(period.axis, wanted.at, 'users.at');
  const series = wanted.series === undefined ? null : choice.keys.indexOf(wanted.series);
  if (series === -1) return [];
  // Events and aggregates have no units of their own: behind them stand the users who did them.
  const listing = figures.listUnits ? figures : await gatherUniques(period, 'users');
  return sortListed(listing.listUnits?.(assignSeries(listing.names, choice), { series, point }) ?? []);
}

async function runPeriod(
  context: RunContext<'trend'>,
  range: ResolvedRange,
): Promise<{ period: TrendPeriod; figures: TrendFigures }> {
  const compiled = await compileReport(context, range);
  const axis = createAxis(range, context.report.interval, context.dataThrough);
  const period = await preparePeriod(context, range, compiled, axis);
  return { period, figures: await gatherFigures(period) };
}

/** Runs a trend: figures by point of the time axis, by value of the breakdown, and for the compared period. */
export async function runTrend(context: RunContext<'trend'>): Promise<KindAnswer<'trend'>> {
  const { report, range } = context;
  context.onProgress({ phase: 'trend' });
  const { period, figures } = await runPeriod(context, range);
  const choice = chooseTrendSeries(report, figures);
  let compared: TrendFigures | undefined;
  if (report.compare !== 'none') {
    context.onProgress({ phase: 'compared period' });
    compared = (await runPeriod(context, comparedRange(range, report.compare))).figures;
  }
  const data = assembleTrend(report, period.axis, choice, figures, compared);
  return { data: report.users ? { ...data, users: await listBehind(period, figures, choice) } : data };
}
