import { createAxis } from '../../../shared/time/axis';
import type { TimeAxis } from '../../../shared/time/axisPoint';
import { comparedRange, type ResolvedRange } from '../../../shared/time/range';
import type { KindAnswer } from '../../engine/context';
import { findPoint } from '../../engine/lists';
import { assembleTrend, type TrendFigures } from '../../engine/trend/assemble';
import { chooseSeries, type SeriesChoice } from '../../kernels/series';
import { aggregate } from '../kernels/aggregate';
import { joinFloats } from './joinFloats';
import type { Instants } from './partContext';
import { listUnits, type Ask, type RunContext } from './runContext';
import type { TrendPart, TrendQuery } from './trendPart';

type Context = RunContext<'trend'>;
type AskTrend = Ask<TrendQuery, TrendPart>;
/** Totals and points of series. */
type SeriesFigures = ReturnType<TrendFigures['bySeries']>;

const instants = ({ from, to }: ResolvedRange): Instants => ({ from, to });

/** Ranks the breakdown's values; "all" without one. */
async function chooseShown(
  { report, range }: Context,
  ask: AskTrend,
  axis: TimeAxis,
): Promise<{ names: readonly string[]; choice: SeriesChoice }> {
  if (report.breakdown === undefined) {
    return { names: ['all'], choice: { keys: ['all'], hasOther: false } };
  }
  const parts = await ask({ range: instants(range), axis, choice: null });
  const names = [...new Set(parts.flatMap((part) => part.names))];
  const placeOf = new Map(names.map((name, place) => [name, place]));
  const { measure } = report;
  let totals: (number | null)[];
  if (typeof measure === 'object') {
    const numbers = names.map((): Float64Array[] => []);
    for (const part of parts) {
      part.names.forEach((name, series) => {
        const points = axis.starts.length;
        const { starts, samples } = samplesOf(part);
        const own = samples.subarray(starts[series * points], starts[(series + 1) * points]);
        numbers[placeOf.get(name) ?? 0]?.push(own);
      });
    }
    totals = numbers.map((own) =>
      aggregate(joinFloats(own), measure.aggregate, measure.field === 'durationSec'),
    );
  } else {
    const sums = new Float64Array(names.length);
    for (const part of parts) {
      part.names.forEach((name, series) => {
        const place = placeOf.get(name) ?? 0;
        sums[place] = (sums[place] as number) + (part.counts?.totals[series] ?? 0);
      });
    }
    totals = Array.from(sums);
  }
  return { names, choice: chooseSeries(names, totals, report.limit) };
}

function samplesOf(part: TrendPart): { starts: Uint32Array; samples: Float64Array } {
  return part.samples ?? { starts: new Uint32Array(1), samples: new Float64Array(0) };
}

/** Adds up what the parts say of each series. */
function addUp(
  { report }: Context,
  parts: readonly TrendPart[],
  axis: TimeAxis,
  series: number,
): SeriesFigures {
  const points = axis.starts.length;
  const { measure } = report;
  if (typeof measure !== 'object') {
    const totals = new Float64Array(series);
    const cells = new Float64Array(series * points);
    for (const { counts } of parts) {
      counts?.totals.forEach((count, index) => (totals[index] = (totals[index] as number) + count));
      counts?.cells.forEach((count, index) => (cells[index] = (cells[index] as number) + count));
    }
    return {
      totals: Array.from(totals),
      values: Array.from(totals, (_, index) =>
        Array.from(cells.subarray(index * points, (index + 1) * points)),
      ),
    };
  }
  const isDuration = measure.field === 'durationSec';
  const between = (first: number, last: number): number | null => {
    const own = parts.map((part) => {
      const { starts, samples } = samplesOf(part);
      return samples.subarray(starts[first], starts[last]);
    });
    return aggregate(joinFloats(own), measure.aggregate, isDuration);
  };
  const indexes = Array.from({ length: series }, (_, index) => index);
  return {
    totals: indexes.map((index) => between(index * points, (index + 1) * points)),
    values: indexes.map((index) =>
      axis.starts.map((_, point) => between(index * points + point, index * points + point + 1)),
    ),
  };
}

/** A trend from columns. */
export async function runTrend(context: Context, ask: AskTrend): Promise<KindAnswer<'trend'>> {
  const { report, range, dataThrough } = context;
  const axis = createAxis(range, report.interval, dataThrough);
  const wanted = report.users;
  const point = wanted && findPoint(axis, wanted.at, 'users.at');
  const { choice } = await chooseShown(context, ask, axis);
  const series = wanted?.series === undefined ? null : choice.keys.indexOf(wanted.series);
  // A series that is not shown has nobody behind it.
  const listed = point === undefined || series === -1 ? {} : { listed: { point, series } };
  const count = choice.keys.length;
  const parts = await ask({ range: instants(range), axis, choice, ...listed });
  const figures = addUp(context, parts, axis, count);
  let previous: SeriesFigures | undefined;
  if (report.compare !== 'none') {
    const other = comparedRange(range, report.compare);
    const otherAxis = createAxis(other, report.interval, dataThrough);
    const otherParts = await ask({ range: instants(other), axis: otherAxis, choice });
    previous = addUp(context, otherParts, otherAxis, count);
  }
  const fixed = (own: SeriesFigures): TrendFigures => ({
    names: choice.keys,
    rankingTotals: () => own.totals,
    bySeries: () => own,
  });
  const data = assembleTrend(report, axis, choice, fixed(figures), previous && fixed(previous));
  return { data: wanted ? { ...data, users: await listUnits(context, parts) } : data };
}
