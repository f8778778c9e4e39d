import { createElement } from 'react';
import { highestRetention, retainedShare } from '../../../shared/reports/ratios';
import type { RetentionData } from '../../../shared/reports/result';
import { drawElement } from '../../chart/drawElement';
import type { Drawn } from '../../chart/exportCard';
import { Hatch } from '../../chart/Hatch';
import { sequenceStep } from '../../chart/HeatMap';
import { formatExact, formatPercent } from '../../format/number';
import { formatBucketShort } from '../../format/time';
import type { Palette } from '../../theme/palette';
import { WORDS } from '../../text/words';

/** The grid as a drawing for files. */
function RetentionPicture({
  data,
  zone,
  palette,
}: {
  data: RetentionData;
  zone: string;
  palette: Palette;
}): React.JSX.Element {
  const { width, height } = retentionPictureSize(data);
  const top = highestRetention(data);
  const line = (index: number): number => 24 + index * 24;
  return (
    <svg width={width} height={height} fontSize={12} fill={palette.text}>
      <Hatch id="wm-open-cohort" ink={palette.surface} />
      {data.mean.map((_, period) => (
        <text key={period} x={160 + period * 64 + 58} y={16} textAnchor="end">
          {period}
        </text>
      ))}
      {data.cohorts.map((cohort, row) => (
        <g key={cohort.at}>
          <text x={0} y={line(row) + 16}>
            {formatBucketShort(cohort.at, data.interval, zone)}
          </text>
          <text x={150} y={line(row) + 16} textAnchor="end">
            {formatExact(cohort.size)}
          </text>
          {cohort.cells.map((cell) => {
            const share = retainedShare(cohort, cell);
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
        {WORDS.mean}
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
const retentionPictureSize = (data: RetentionData): { width: number; height: number } => ({
  width: 160 + data.mean.length * 64,
  height: 24 + (data.cohorts.length + 1) * 24,
});

/** The grid as an SVG document for files. */
export function drawRetention(data: RetentionData, zone: string, palette: Palette): Drawn {
  const { width, height } = retentionPictureSize(data);
  return drawElement(createElement(RetentionPicture, { data, zone, palette }), width, height);
}
