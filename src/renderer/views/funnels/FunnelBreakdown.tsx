import type { FunnelData } from '../../../shared/reports/result';
import { drawTable } from '../../chart/picture';
import { ReportCard } from '../../chart/ReportCard';
import type { TableModel } from '../../chart/tableModel';
import { formatDuration, formatExact, formatPercent } from '../../format/number';
import { addFilter } from '../../state/place';
import { valueFilter } from '../../state/scope';
import type { ShownRun } from '../../state/runs';
import { usePalette } from '../../theme/palette';
import { NONE, OTHER, seriesColour } from '../../theme/seriesColour';
import type { Outcome } from './FunnelBars';
import { formatPoints } from './FunnelComparison';
import { TableHead } from '../../chart/TableHead';
import { WORDS } from '../../text/words';
import { FUNNELS } from '../../text/funnels';

const TITLE = FUNNELS.breakdown;

/** What the funnel is compared with: its answer, when there is one, and its name. */
export interface ComparedFunnel {
  readonly data: FunnelData | null;
  readonly name: string;
}

const convertedOf = (steps: FunnelData['steps'] | undefined): number | null | undefined =>
  steps?.[steps.length - 1]?.ofFirst;

function tableOf(data: FunnelData, compared: ComparedFunnel | null): TableModel {
  return {
    columns: [
      { label: WORDS.value },
      ...data.steps.map((step, index) => ({ label: `${index + 1} ${step.label}`, end: true })),
      { label: WORDS.converted, end: true },
      ...(compared
        ? [
            { label: FUNNELS.convertedIn(compared.name), end: true },
            { label: WORDS.difference, end: true },
          ]
        : []),
      { label: FUNNELS.medianToConvert, end: true },
    ],
    rows: (data.breakdown ?? []).map(({ value, steps }) => [
      value,
      ...steps.map((step) => formatExact(step.count)),
      formatPercent(convertedOf(steps)),
      ...(compared ? comparedCells(value, steps, compared) : []),
      formatDuration(steps[steps.length - 1]?.secondsFromFirst.median),
    ]),
  };
}

/** How a value converted in the other funnel, and the difference. */
function comparedCells(value: string, steps: FunnelData['steps'], { data }: ComparedFunnel): string[] {
  const other = convertedOf(data?.breakdown?.find((entry) => entry.value === value)?.steps);
  return [formatPercent(other), formatPoints(convertedOf(steps), other)];
}

/** The funnel for each value of a field, beside what it is compared with; every number opens its users. */
export function FunnelBreakdown({
  run,
  slot,
  field,
  compared,
  onOpen,
}: {
  run: ShownRun<'funnel'>;
  slot: string;
  field: string;
  compared: ComparedFunnel | null;
  onOpen: (step: number, outcome: Outcome, value: string) => void;
}): React.JSX.Element {
  const palette = usePalette();
  return (
    <ReportCard
      title={TITLE}
      slot={slot}
      run={run}
      flush
      isEmpty={({ data }) => !data.breakdown || data.breakdown.length === 0}
      table={({ data }) => tableOf(data, compared)}
      headline={({ data }) => FUNNELS.countValues(data.breakdown?.length ?? 0)}
      draw={({ data }) => Promise.resolve(drawTable(tableOf(data, compared), palette))}
    >
      {({ data }) => (
        <div className="wm-table-wrap" tabIndex={0}>
          <table className="wm-table wm-compared">
            <TableHead columns={tableOf(data, compared).columns} />
            <tbody>
              {(data.breakdown ?? []).map(({ value, steps }) => (
                <tr key={value}>
                  <td>
                    <i
                      className={value === NONE ? 'wm-swatch is-hollow' : 'wm-swatch'}
                      style={value === NONE ? undefined : { background: seriesColour(palette, field, value) }}
                    />{' '}
                    {value === OTHER ? (
                      value
                    ) : (
                      <button
                        type="button"
                        className="wm-link"
                        title={FUNNELS.onlyValue(value)}
                        onClick={() => addFilter(valueFilter(field, value))}
                      >
                        {value}
                      </button>
                    )}
                  </td>
                  {steps.map((step, index) => (
                    <td key={index} className="is-end">
                      <button
                        type="button"
                        className="wm-link"
                        onClick={() => onOpen(index + 1, 'reached', value)}
                      >
                        {formatExact(step.count)}
                      </button>{' '}
                      {index > 0 && <span className="wm-caption">{formatPercent(step.ofPrevious)}</span>}
                    </td>
                  ))}
                  <td className="is-end">{formatPercent(convertedOf(steps))}</td>
                  {compared &&
                    comparedCells(value, steps, compared).map((cell, at) => (
                      <td key={at} className="is-end">
                        {cell}
                      </td>
                    ))}
                  <td className="is-end">
                    {formatDuration(steps[steps.length - 1]?.secondsFromFirst.median)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </ReportCard>
  );
}
