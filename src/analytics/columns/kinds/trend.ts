import { createAxis } from '../../../shared/time/axis';
import type { TimeAxis } from '../../../shared/time/axisPoint';
import { comparedRange, type ResolvedRange } from '../../../shared/time/range';
import type { KindAnswer } from '../../engine/context';
import { findPoint } from '../../engine/lists';
import { assembleTrend, type TrendFigures } from '../../engine/trend/assemble';
import { chooseSeries, type SeriesChoice } from '../../kernels/series';
import { aggregate } from '../kernels/aggregate';
import type { SeriesSamples } from '../kernels/trend';
import { joinFloats } from './joinFloats';
import type { Instants } from './partContext';
import { placePercentiles, selectPercentiles } from './trendPercentiles';
import { listUnits, type Ask, type RunContext } from './runContext';
import type { TrendPart, TrendQuery } from './trendPart';

type Context = RunContext<'trend'>;
type AskTrend = Ask<TrendQuery, TrendPart>;
/** Totals and points of series. */
type SeriesFigures = ReturnType<TrendFigures['bySeries']>;

const instants = ({ from, to }: ResolvedRange): Instants => ({ from, to });

/** Ranks the breakdown's values; "all" without one. `parts`: what was asked for that. */
async function chooseShown(
  { report, range }: Context,
  ask: AskTrend,
  axis: TimeAxis,
): Promise<{ choice: SeriesChoice; parts: readonly TrendPart[] }> {
  if (report.breakdown === undefined) return { choice: { keys: ['all'], hasOther: false }, parts: [] };
  const parts = await ask({ range: instants(range), axis, choice: null });
  const names = [...new Set(parts.flatMap((part) => part.names))];
  const placeOf = new Map(names.map((name, place) => [name, place]));
  const { measure } = report;
  let totals: (number | null)[];
  if (typeof measure === 'object') {
    const numbers = names.map((): Float64Array[] => []);
    for (const part of parts) {
      part.names.forEach((name, series) => {
        const { starts, samples } = samplesOf(part);
        const first = starts[series * part.pointCount];
        const own = samples.subarray(first, starts[(series + 1) * part.pointCount]);
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
  return { choice: chooseSeries(names, totals, report.limit), parts };
}

/** What was asked for the ranking as an answer for the series shown, when nothing has to be folded. */
function asShown(parts: readonly TrendPart[], { keys }: SeriesChoice, points: number): TrendPart[] {
  return parts.map((part) => {
    const places = keys.map((key) => part.names.indexOf(key));
    const { counts, samples } = part;
    if (counts) {
      const own = { totals: new Float64Array(keys.length), cells: new Float64Array(keys.length * points) };
      places.forEach((place, series) => {
        if (place < 0) return;
        own.totals[series] = counts.totals[place] as number;
        own.cells.set(counts.cells.subarray(place * points, (place + 1) * points), series * points);
      });
      return { ...part, counts: own };
    }
    if (!samples) return part;
    const starts = new Uint32Array(keys.length * points + 1);
    const chunks: Float64Array[] = [];
    let length = 0;
    places.forEach((place, series) => {
      for (let point = 0; point < points; point += 1) {
        starts[series * points + point] = length;
        if (place >= 0) length += sizeOf(samples, place * points + point);
      }
      if (place >= 0) {
        const { starts: from } = samples;
        chunks.push(samples.samples.subarray(from[place * points], from[(place + 1) * points]));
      }
    });
    starts[keys.length * points] = length;
    return { ...part, samples: { starts, samples: joinFloats(chunks) } };
  });
}

function sizeOf({ starts }: SeriesSamples, cell: number): number {
  return (starts[cell + 1] as number) - (starts[cell] as number);
}

function samplesOf(part: TrendPart): SeriesSamples {
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

/** More cells than this have their numbers brought together instead of counted by bins. */
const MOST_BINNED_CELLS = 1_000;

/** What a percentile's parts say of each series, in two questions that move few numbers; null for other measures. */
async function askPercentiles(
  { report }: Context,
  ask: AskTrend,
  query: TrendQuery,
  series: number,
): Promise<{ parts: TrendPart[]; figures: SeriesFigures } | null> {
  const { measure } = report;
  const points = query.axis.starts.length;
  if (typeof measure !== 'object' || series * points > MOST_BINNED_CELLS) return null;
  const fraction = { median: 0.5, p90: 0.9, mean: null, sum: null }[measure.aggregate];
  if (fraction === null) return null;
  const parts = await ask({ ...query, bins: 'count' });
  const counts = parts.flatMap(({ binCounts }) => binCounts ?? []);
  const places = placePercentiles(counts, series, points, fraction);
  const bins = {
    ofCell: Int32Array.from(places.ofCell, (place) => place?.bin ?? -1),
    ofSeries: Int32Array.from(places.ofSeries, (place) => place?.bin ?? -1),
  };
  const { range, axis, choice } = query;
  const inside = await ask({ range, axis, choice, bins });
  const { ofCell, ofSeries } = selectPercentiles(
    places,
    inside.flatMap(({ binned }) => binned ?? []),
  );
  const values = ofSeries.map((_total, index) => ofCell.slice(index * points, (index + 1) * points));
  return { parts: [...parts], figures: { totals: ofSeries, values } };
}

/** A trend from columns. */
export async function runTrend(context: Context, ask: AskTrend): Promise<KindAnswer<'trend'>> {
  const { report, range, dataThrough } = context;
  const axis = createAxis(range, report.interval, dataThrough);
  const wanted = report.users;
  const point = wanted && findPoint(axis, wanted.at, 'users.at');
  const { choice, parts: ranked } = await chooseShown(context, ask, axis);
  const series = wanted?.series === undefined ? null : choice.keys.indexOf(wanted.series);
  // A series that is not shown has nobody behind it.
  const listed = point === undefined || series === -1 ? {} : { listed: { point, series } };
  const count = choice.keys.length;
  const points = axis.starts.length;
  const isShown =
    ranked.length > 0 &&
    !choice.hasOther &&
    !wanted &&
    ranked.every(({ pointCount }) => pointCount === points);
  const fill = async (query: TrendQuery): Promise<{ parts: TrendPart[]; figures: SeriesFigures }> => {
    const percentiles = await askPercentiles(context, ask, query, count);
    if (percentiles) return percentiles;
    const answers = [...(await ask(query))];
    return { parts: answers, figures: addUp(context, answers, query.axis, count) };
  };
  const shown = isShown ? asShown(ranked, choice, points) : null;
  const { parts, figures } = shown
    ? { parts: shown, figures: addUp(context, shown, axis, count) }
    : await fill({ range: instants(range), axis, choice, ...listed });
  let previous: SeriesFigures | undefined;
  if (report.compare !== 'none') {
    const other = comparedRange(range, report.compare);
    const otherAxis = createAxis(other, report.interval, dataThrough);
    previous = (await fill({ range: instants(other), axis: otherAxis, choice })).figures;
  }
  const fixed = (own: SeriesFigures): TrendFigures => ({
    names: choice.keys,
    rankingTotals: () => own.totals,
    bySeries: () => own,
  });
  const data = assembleTrend(report, axis, choice, fixed(figures), previous && fixed(previous));
  return { data: wanted ? { ...data, users: await listUnits(context, parts) } : data };
}
