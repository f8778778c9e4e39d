import type { ComparedFigure } from '../../shared/reports/compareResults';
import type { AnyResult } from '../../shared/reports/result';
import { KPIS } from '../chart/KpiCards';
import { formatDuration, formatExact, formatPercent, UNKNOWN } from '../format/number';
import { formatBucket, formatDateTime, formatSpan, type Interval } from '../format/time';
import type { TableModel } from '../chart/tableModel';
import type { KeptRun } from '../state/keptRuns';
import { COMPARE_RUNS } from '../text/compare';
import { WORDS } from '../text/words';

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/;

/** Names of figures for people; instants and values go by themselves. */
const NAMES: Readonly<Record<string, string>> = {
  activeDays: COMPARE_RUNS.usersActiveOnDays,
  total: COMPARE_RUNS.total,
  all: COMPARE_RUNS.all,
  count: WORDS.count,
  ofFirst: WORDS.ofFirst,
  ofPrevious: WORDS.ofPrevious,
  dropped: WORDS.dropped,
  undecided: WORDS.undecided,
  medianSecondsFromPrevious: COMPARE_RUNS.medianFromPrevious,
  medianSecondsFromFirst: COMPARE_RUNS.medianFromFirst,
  entrants: COMPARE_RUNS.entrants,
  converted: WORDS.converted,
  timeToConvert: COMPARE_RUNS.timeToConvert,
  trend: WORDS.trend,
  units: COMPARE_RUNS.units,
  size: WORDS.size,
  mean: WORDS.mean,
  seconds: WORDS.time,
};

const intervalOf = (result: AnyResult): Interval =>
  result.kind === 'trend' || result.kind === 'retention' ? result.data.interval : 'day';

function showName(name: readonly string[], result: AnyResult): string {
  const zone = result.provenance.timezone;
  return name
    .map((part) => {
      if (INSTANT.test(part)) return formatBucket(part, intervalOf(result), zone);
      if (result.kind === 'kpis' && Object.prototype.hasOwnProperty.call(KPIS, part))
        return KPIS[part as keyof typeof KPIS].label;
      return NAMES[part] ?? part;
    })
    .join(' · ');
}

const show = (value: number | null | undefined, unit: ComparedFigure['unit']): string =>
  value === undefined
    ? COMPARE_RUNS.notThere
    : unit === 'rate'
      ? formatPercent(value)
      : unit === 'seconds'
        ? formatDuration(value)
        : formatExact(value);

function showDifference({ difference, unit }: ComparedFigure): string {
  if (difference === null) return UNKNOWN;
  if (difference === 0) return '0';
  const size = Math.abs(difference);
  const text =
    unit === 'rate'
      ? COMPARE_RUNS.points(formatPercent(size).replace(/\s?%$/, ''))
      : unit === 'seconds'
        ? formatDuration(size)
        : formatExact(size);
  return `${difference > 0 ? '+' : '−'}${text}`;
}

/** Two runs as a table: each figure, both values, the difference. */
export function comparisonTable(figures: readonly ComparedFigure[], after: AnyResult): TableModel {
  return {
    columns: [
      { label: WORDS.figure },
      { label: COMPARE_RUNS.earlier, end: true },
      { label: COMPARE_RUNS.later, end: true },
      { label: WORDS.difference, end: true },
    ],
    rows: figures.map((figure) => [
      showName(figure.name, after),
      show(figure.before, figure.unit),
      show(figure.after, figure.unit),
      showDifference(figure),
    ]),
  };
}

/** When and over what a run was made, in one line. */
export function describeRun({ result, file }: KeptRun): string {
  const { generatedAt, timezone, from, to } = result.provenance;
  const span = formatSpan(Date.parse(from), Date.parse(to), timezone);
  const title = result.title === '' ? result.kind : result.title;
  return `${file ?? title} · ${formatDateTime(generatedAt, timezone, true)} · ${span}`;
}
