import type { FunnelData, Result } from '../../../shared/reports/result';
import { drawTable } from '../../chart/picture';
import { ReportCard } from '../../chart/ReportCard';
import type { TableModel } from '../../chart/tableModel';
import { formatDuration, formatExact, formatPercent, UNKNOWN } from '../../format/number';
import { formatSpan } from '../../format/time';
import type { ShownRun } from '../../state/runs';
import { usePalette } from '../../theme/palette';
import type { Outcome } from './FunnelBars';
import { TableHead } from '../../chart/TableHead';
import { FUNNELS } from '../../text/funnels';
import { WORDS } from '../../text/words';

const TITLE = FUNNELS.comparison;

/** The names of what is compared: the funnel itself, and the other period or segment. */
export interface ComparedNames {
  readonly shown: string;
  readonly other: string;
}

/** A difference of two rates in percentage points, with its sign. */
export function formatPoints(now: number | null | undefined, other: number | null | undefined): string {
  if (now == null || other == null) return UNKNOWN;
  const difference = now - other;
  const size = formatPercent(Math.abs(difference)).replace(/\s?%$/, '');
  const sign = difference > 0 ? '+' : difference < 0 ? '−' : '';
  return `${sign}${size}\u00a0pp`;
}

function tableOf(data: FunnelData, other: FunnelData, names: ComparedNames): TableModel {
  const pair = (label: string) =>
    [
      { label: `${label}: ${names.shown}`, end: true },
      { label: `${label}: ${names.other}`, end: true },
    ] as const;
  return {
    columns: [
      { label: FUNNELS.step },
      ...pair(WORDS.count),
      ...pair(WORDS.ofFirst),
      { label: WORDS.difference, end: true },
      ...pair(WORDS.ofPrevious),
      ...pair(FUNNELS.medianFromPrevious),
    ],
    rows: data.steps.map((step, index) => {
      const against = other.steps[index];
      return [
        `${index + 1} ${step.label}`,
        formatExact(step.count),
        formatExact(against?.count),
        formatPercent(step.ofFirst),
        formatPercent(against?.ofFirst),
        formatPoints(step.ofFirst, against?.ofFirst),
        formatPercent(step.ofPrevious),
        formatPercent(against?.ofPrevious),
        formatDuration(step.secondsFromPrevious.median),
        formatDuration(against?.secondsFromPrevious.median),
      ];
    }),
  };
}

/** The ranges of both, for pictures. */
function rangesOf(answer: Result<'funnel'>, other: Result<'funnel'>, names: ComparedNames): string {
  const span = ({ provenance: { from, to, timezone } }: Result<'funnel'>): string =>
    formatSpan(Date.parse(from), Date.parse(to), timezone);
  return `${names.shown}: ${span(answer)} · ${names.other}: ${span(other)}`;
}

/**
 * The funnel beside another period or segment, step by step; every count opens its users. A card of its own
 * beside the breakdown: this one's rows are steps of two answers, of which the second loads, fails and is tried
 * again by itself; the breakdown's are values of one.
 */
export function FunnelComparison({
  answer,
  run,
  slot,
  names,
  onOpen,
}: {
  /** The funnel itself. */
  answer: Result<'funnel'>;
  /** The other period's or segment's funnel. */
  run: ShownRun<'funnel'>;
  slot: string;
  names: ComparedNames;
  onOpen: (which: 'shown' | 'other', step: number, outcome: Outcome) => void;
}): React.JSX.Element {
  const palette = usePalette();
  const { data } = answer;
  return (
    <ReportCard
      title={TITLE}
      slot={slot}
      run={run}
      flush
      table={({ data: other }) => tableOf(data, other, names)}
      csv={({ data: other }) => [
        [
          'step',
          'label',
          'funnel',
          'count',
          'ofFirst',
          'ofPrevious',
          'dropped',
          'undecided',
          'medianSecondsFromPrevious',
        ],
        ...[[names.shown, data] as const, [names.other, other] as const].flatMap(([name, funnel]) =>
          funnel.steps.map((step, index) => [
            index + 1,
            step.label,
            name,
            step.count,
            step.ofFirst,
            step.ofPrevious,
            step.dropped,
            step.undecided,
            step.secondsFromPrevious.median,
          ]),
        ),
      ]}
      headline={({ data: other }) =>
        FUNNELS.convertedInBoth(formatExact(data.converted), formatExact(other.converted), names.other)
      }
      draw={({ data: other }) => Promise.resolve(drawTable(tableOf(data, other, names), palette))}
      range={(other) => rangesOf(answer, other, names)}
    >
      {({ data: other }) => {
        const table = tableOf(data, other, names);
        const count = (which: 'shown' | 'other', index: number, text: string): React.JSX.Element => (
          <button type="button" className="wm-link" onClick={() => onOpen(which, index + 1, 'reached')}>
            {text}
          </button>
        );
        return (
          <div className="wm-table-wrap">
            <table className="wm-table wm-compared" aria-label={TITLE}>
              <TableHead columns={table.columns} />
              <tbody>
                {table.rows.map((cells, index) => (
                  <tr key={cells[0]}>
                    {cells.map((cell, at) => (
                      <td key={at} className={table.columns[at]?.end ? 'is-end' : undefined}>
                        {at === 1
                          ? count('shown', index, cell)
                          : at === 2
                            ? count('other', index, cell)
                            : cell}
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        );
      }}
    </ReportCard>
  );
}
