import type { RetentionData } from '../../../shared/reports/result';
import { sequenceStep } from '../../chart/HeatMap';
import { formatExact, formatPercent } from '../../format/number';
import { formatBucket, formatBucketShort } from '../../format/time';
import type { Palette } from '../../theme/palette';
import { CARD } from '../../text/words';

export type Shown = 'percent' | 'users';
type Cell = RetentionData['cohorts'][number]['cells'][number];

/** The share of a cohort that a cell is; null for an empty cohort. */
export const shareOf = (users: number, size: number): number | null => (size > 0 ? users / size : null);

/** The largest share beyond period 0: the top of the colour scale. */
export function topShare(data: RetentionData): number {
  const shares = data.cohorts.flatMap(({ size, cells }) =>
    cells.filter((cell) => cell.period > 0).map((cell) => shareOf(cell.users, size) ?? 0),
  );
  return Math.max(0, ...shares);
}

const PERIODS = { day: 'Day', week: 'Week', month: 'Month' } as const;

/** Cohorts down, periods across; darker is more, hatched is not complete yet; each cell opens its users. */
export function RetentionGrid({
  data,
  zone,
  shown,
  palette,
  onOpen,
}: {
  data: RetentionData;
  zone: string;
  shown: Shown;
  palette: Palette;
  onOpen: (at: string, period: number) => void;
}): React.JSX.Element {
  const top = topShare(data);
  const periods = data.mean.map((_, period) => period);
  const cell = (at: string, size: number, entry: Cell | undefined, period: number): React.JSX.Element => {
    if (!entry) return <td key={period} />;
    const share = shareOf(entry.users, size);
    const step = period === 0 ? -1 : sequenceStep(share, top);
    const background = step < 0 ? palette.hover : (palette.sequence[step] ?? palette.hover);
    const ink = step < 0 ? palette.text : (palette.sequenceInk[step] ?? palette.text);
    const text = shown === 'percent' ? formatPercent(share) : formatExact(entry.users);
    const label = `${formatBucket(at, data.interval, zone)}, ${PERIODS[data.interval].toLowerCase()} ${period}: ${formatExact(entry.users)} of ${formatExact(size)} users${entry.complete ? '' : `, ${CARD.incomplete}`}`;
    return (
      <td key={period}>
        <button
          type="button"
          className={entry.complete ? 'wm-cell' : 'wm-cell wm-hatched'}
          style={{ backgroundColor: background, color: entry.complete ? ink : palette.text }}
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
      <table className="wm-table" aria-label="Retention by cohort">
        <thead>
          <tr>
            <th scope="col">Cohort</th>
            <th scope="col" className="is-end">
              Size
            </th>
            {periods.map((period) => (
              <th key={period} scope="col" className="is-end">
                {period === 0 ? `${PERIODS[data.interval]} 0` : period}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {data.cohorts.map(({ at, size, cells }) => (
            <tr key={at}>
              <th scope="row" title={formatBucket(at, data.interval, zone)}>
                {formatBucketShort(at, data.interval, zone)}
              </th>
              <td className="is-end">{formatExact(size)}</td>
              {periods.map((period) =>
                cell(
                  at,
                  size,
                  cells.find((entry) => entry.period === period),
                  period,
                ),
              )}
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">Mean</th>
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

/** The grid as a drawing for files. */
export function RetentionPicture({
  data,
  zone,
  palette,
}: {
  data: RetentionData;
  zone: string;
  palette: Palette;
}): React.JSX.Element {
  const { width, height } = retentionPictureSize(data);
  const top = topShare(data);
  const line = (index: number): number => 24 + index * 24;
  return (
    <svg width={width} height={height} fontSize={12} fill={palette.text}>
      <defs>
        <pattern
          id="wm-open-cohort"
          width={6}
          height={6}
          patternUnits="userSpaceOnUse"
          patternTransform="rotate(45)"
        >
          <rect width={1.5} height={6} fill={palette.surface} />
        </pattern>
      </defs>
      {data.mean.map((_, period) => (
        <text key={period} x={160 + period * 64 + 58} y={16} textAnchor="end">
          {period}
        </text>
      ))}
      {data.cohorts.map(({ at, size, cells }, row) => (
        <g key={at}>
          <text x={0} y={line(row) + 16}>
            {formatBucketShort(at, data.interval, zone)}
          </text>
          <text x={150} y={line(row) + 16} textAnchor="end">
            {formatExact(size)}
          </text>
          {cells.map((cell) => {
            const share = shareOf(cell.users, size);
            const step = cell.period === 0 ? -1 : sequenceStep(share, top);
            const box = { x: 160 + cell.period * 64, y: line(row), width: 63, height: 23 };
            return (
              <g key={cell.period}>
                <rect {...box} fill={step < 0 ? palette.hover : palette.sequence[step]} />
                {!cell.complete && <rect {...box} fill="url(#wm-open-cohort)" />}
                {!cell.complete && (
                  <rect x={box.x + 12} y={box.y + 4} width={48} height={16} fill={palette.surface} />
                )}
                <text
                  x={box.x + 58}
                  y={box.y + 16}
                  textAnchor="end"
                  fill={step < 0 || !cell.complete ? palette.text : palette.sequenceInk[step]}
                >
                  {formatPercent(share)}
                </text>
              </g>
            );
          })}
        </g>
      ))}
      <text x={0} y={line(data.cohorts.length) + 16}>
        Mean
      </text>
      {data.mean.map((mean, period) => (
        <text key={period} x={160 + period * 64 + 58} y={line(data.cohorts.length) + 16} textAnchor="end">
          {formatPercent(mean)}
        </text>
      ))}
    </svg>
  );
}

/** The drawing's size in px. */
export const retentionPictureSize = (data: RetentionData): { width: number; height: number } => ({
  width: 160 + data.mean.length * 64,
  height: 24 + (data.cohorts.length + 1) * 24,
});
