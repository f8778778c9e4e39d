import { highestRetention, retainedShare } from '../../../shared/reports/ratios';
import type { RetentionData } from '../../../shared/reports/result';
import { sequenceStep } from '../../chart/HeatMap';
import { formatExact, formatPercent, UNKNOWN } from '../../format/number';
import { formatBucket, formatBucketShort } from '../../format/time';
import type { Palette } from '../../theme/palette';
import { CARD } from '../../text/cards';
import { WORDS } from '../../text/words';
import { RETENTION } from '../../text/retention';

export type Shown = 'percent' | 'users';
type Cohort = RetentionData['cohorts'][number];
type Cell = Cohort['cells'][number];

const PERIODS = { day: WORDS.day, week: WORDS.week, month: WORDS.month } as const;

/** Cohorts down, periods across; darker is more, hatched is not complete yet; each cell opens its users. */
export function RetentionGrid({
  data,
  zone,
  shown,
  palette,
  hasBegun,
  onOpen,
}: {
  data: RetentionData;
  zone: string;
  shown: Shown;
  palette: Palette;
  /** Whether anybody of a cohort could have returned in a period by now. */
  hasBegun: (at: string, period: number) => boolean;
  onOpen: (at: string, period: number) => void;
}): React.JSX.Element {
  const top = highestRetention(data);
  const periods = data.mean.map((_, period) => period);
  const cell = (cohort: Cohort, entry: Cell | undefined, period: number): React.JSX.Element => {
    if (!entry) return <td key={period} />;
    const { at, size } = cohort;
    const share = retainedShare(cohort, entry);
    const open = entry.complete || entry.users > 0 || hasBegun(at, period);
    const step = period === 0 ? -1 : sequenceStep(share, top);
    const background = step < 0 ? palette.hover : (palette.sequence[step] ?? palette.hover);
    const ink = step < 0 ? palette.text : (palette.sequenceInk[step] ?? palette.text);
    const text = !open ? UNKNOWN : shown === 'percent' ? formatPercent(share) : formatExact(entry.users);
    const state = entry.complete ? '' : open ? `, ${CARD.incomplete}` : `, ${CARD.notBegun}`;
    const label = RETENTION.cell(
      formatBucket(at, data.interval, zone),
      PERIODS[data.interval].toLowerCase(),
      period,
      text,
      formatExact(entry.users),
      formatExact(size),
      state,
    );
    return (
      <td key={period}>
        <button
          type="button"
          className={entry.complete ? 'wm-cell' : open ? 'wm-cell wm-hatched' : 'wm-cell is-ahead'}
          style={
            open ? { backgroundColor: background, color: entry.complete ? ink : palette.text } : undefined
          }
          aria-label={label}
          title={label}
          onClick={() => onOpen(at, period)}
          onKeyDown={(event) => {
            const own = event.currentTarget.closest('td');
            const row = own?.parentElement;
            const index = own ? [...(row?.children ?? [])].indexOf(own) : -1;
            const target =
              event.key === 'ArrowRight'
                ? own?.nextElementSibling
                : event.key === 'ArrowLeft'
                  ? own?.previousElementSibling
                  : event.key === 'ArrowDown'
                    ? row?.nextElementSibling?.children[index]
                    : event.key === 'ArrowUp'
                      ? row?.previousElementSibling?.children[index]
                      : undefined;
            const button = target?.querySelector('button');
            if (!button || event.altKey) return;
            event.preventDefault();
            button.focus();
          }}
        >
          <span>{text}</span>
        </button>
      </td>
    );
  };
  return (
    <div className="wm-table-wrap wm-retention">
      <table className="wm-table" aria-label={RETENTION.retentionByCohort}>
        <thead>
          <tr>
            <th scope="col">{RETENTION.cohort}</th>
            <th scope="col" className="is-end">
              {WORDS.size}
            </th>
            {periods.map((period) => (
              <th key={period} scope="col" className="is-end">
                {period === 0 ? `${PERIODS[data.interval]} 0` : period}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {data.cohorts.map((cohort) => (
            <tr key={cohort.at}>
              <th scope="row" title={formatBucket(cohort.at, data.interval, zone)}>
                {formatBucketShort(cohort.at, data.interval, zone)}
              </th>
              <td className="is-end">{formatExact(cohort.size)}</td>
              {periods.map((period) =>
                cell(
                  cohort,
                  cohort.cells.find((entry) => entry.period === period),
                  period,
                ),
              )}
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">{WORDS.mean}</th>
            <td />
            {data.mean.map((mean, period) => (
              <td key={period} className="is-end">
                {formatPercent(mean)}
              </td>
            ))}
          </tr>
        </tfoot>
      </table>
    </div>
  );
}
