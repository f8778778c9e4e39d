import type { ComparedFigure } from '../../shared/reports/compareResults';
import type { AnyResult } from '../../shared/reports/result';
import { KPIS } from '../chart/KpiCards';
import { formatDuration, formatExact, formatPercent, UNKNOWN } from '../format/number';
import { formatBucket, formatDateTime, formatSpan, type Interval } from '../format/time';
import type { TableModel } from '../chart/tableModel';
import type { KeptRun } from '../state/keptRuns';

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/;

/** Names of figures for people; instants and values go by themselves. */
const WORDS: Readonly<Record<string, string>> = {
  activeDays: 'Users active on days',
  total: 'Total',
  all: 'All',
  count: 'Count',
  ofFirst: 'Of first',
  ofPrevious: 'Of previous',
  dropped: 'Dropped',
  undecided: 'Undecided',
  medianSecondsFromPrevious: 'Median from previous',
  medianSecondsFromFirst: 'Median from first',
  entrants: 'Entrants',
  converted: 'Converted',
  timeToConvert: 'Time to convert (s)',
  trend: 'Trend',
  units: 'Units',
  size: 'Size',
  mean: 'Mean',
  seconds: 'Time',
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
      return WORDS[part] ?? part;
    })
    .join(' · ');
}

const show = (value: number | null | undefined, unit: ComparedFigure['unit']): string =>
  value === undefined
    ? 'not there'
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
      ? `${formatPercent(size).replace(/\s?%$/, '')}\u00a0pp`
      : unit === 'seconds'
        ? formatDuration(size)
        : formatExact(size);
  return `${difference > 0 ? '+' : '−'}${text}`;
}

/** Two runs as a table: each figure, both values, the difference. */
export function comparisonTable(figures: readonly ComparedFigure[], after: AnyResult): TableModel {
  return {
    columns: [
      { label: 'Figure' },
      { label: 'Earlier', end: true },
      { label: 'Later', end: true },
      { label: 'Difference', end: true },
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
