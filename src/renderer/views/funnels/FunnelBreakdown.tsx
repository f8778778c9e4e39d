import type { FunnelData } from '../../../shared/reports/result';
import { drawRows } from '../../chart/picture';
import { ReportCard } from '../../chart/ReportCard';
import type { TableModel } from '../../chart/tableModel';
import { formatDuration, formatExact, formatPercent } from '../../format/number';
import type { ShownRun } from '../../state/runs';
import { usePalette } from '../../theme/palette';
import { NONE, seriesColour } from '../../theme/seriesColour';
import type { Outcome } from './FunnelBars';
import { TableHead } from '../../chart/TableHead';
import { WORDS } from '../../text/words';
import { FUNNELS } from '../../text/funnels';

const TITLE = FUNNELS.breakdown;

function tableOf(data: FunnelData): TableModel {
  return {
    columns: [
      { label: WORDS.value },
      ...data.steps.map((step, index) => ({ label: `${index + 1} ${step.label}`, end: true })),
      { label: WORDS.converted, end: true },
      { label: FUNNELS.medianToConvert, end: true },
    ],
    rows: (data.breakdown ?? []).map(({ value, steps }) => [
      value,
      ...steps.map((step) => formatExact(step.count)),
      formatPercent(steps[steps.length - 1]?.ofFirst),
      formatDuration(steps[steps.length - 1]?.secondsFromFirst.median),
    ]),
  };
}

/** The funnel for each value of a field; every number opens its users. */
export function FunnelBreakdown({
  run,
  slot,
  field,
  onOpen,
}: {
  run: ShownRun<'funnel'>;
  slot: string;
  field: string;
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
      table={({ data }) => tableOf(data)}
      headline={({ data }) => FUNNELS.countValues(data.breakdown?.length ?? 0)}
      draw={({ data }) =>
        Promise.resolve(
          drawRows(
            tableOf(data).rows.map((cells) => ({ cells })),
            palette,
            200 + 100 * (data.steps.length + 2),
          ),
        )
      }
    >
      {({ data }) => (
        <div className="wm-table-wrap" tabIndex={0}>
          <table className="wm-table">
            <TableHead columns={tableOf(data).columns} />
            <tbody>
              {(data.breakdown ?? []).map(({ value, steps }) => (
                <tr key={value}>
                  <td>
                    <i
                      className={value === NONE ? 'wm-swatch is-hollow' : 'wm-swatch'}
                      style={value === NONE ? undefined : { background: seriesColour(palette, field, value) }}
                    />{' '}
                    {value}
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
                  <td className="is-end">{formatPercent(steps[steps.length - 1]?.ofFirst)}</td>
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
