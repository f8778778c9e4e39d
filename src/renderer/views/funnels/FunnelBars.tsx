import type { FunnelData, FunnelStepResult } from '../../../shared/reports/result';
import { Hatch } from '../../chart/Hatch';
import { formatDuration, formatExact, formatPercent } from '../../format/number';
import type { Palette } from '../../theme/palette';
import { FUNNELS } from '../../text/funnels';

export type Outcome = 'reached' | 'dropped' | 'undecided';

/** The share of the first step that a number is, for the height of a bar only. */
const heightOf = (count: number, first: number): number => (first > 0 ? count / first : 0);

function Column({
  step,
  number,
  before,
  first,
  compared,
  unit,
  onOpen,
}: {
  step: FunnelStepResult;
  number: number;
  before: FunnelStepResult | undefined;
  first: number;
  compared: FunnelStepResult | undefined;
  unit: string;
  onOpen: (step: number, outcome: Outcome) => void;
}): React.JSX.Element {
  const percent = (share: number): string => `${share * 100}%`;
  return (
    <li className="wm-funnel-column">
      <div className="wm-funnel-head">
        <div className="wm-cut" title={step.label}>
          <span className="wm-step-number">{number}</span> {step.label}
        </div>
        <div>
          <strong>{formatPercent(step.ofFirst)}</strong>{' '}
          <span className="wm-muted">{formatExact(step.count)}</span>
        </div>
      </div>
      <div className="wm-funnel-bar">
        {compared && (
          <span
            className="wm-funnel-compared"
            style={{ height: percent(heightOf(compared.count, Math.max(1, first))) }}
            title={FUNNELS.compared(formatExact(compared.count), formatPercent(compared.ofFirst))}
          />
        )}
        {before && step.dropped > 0 && (
          <button
            type="button"
            className="wm-funnel-drop"
            style={{ height: percent(heightOf(step.dropped, first)) }}
            aria-label={FUNNELS.droppedBefore(formatExact(step.dropped), unit, step.label)}
            title={FUNNELS.droppedBefore(formatExact(step.dropped), unit, step.label)}
            onClick={() => onOpen(number, 'dropped')}
          />
        )}
        {step.undecided > 0 && (
          <button
            type="button"
            className="wm-funnel-undecided wm-hatched"
            style={{ height: percent(heightOf(step.undecided, first)) }}
            aria-label={FUNNELS.couldStillReach(formatExact(step.undecided), unit, step.label)}
            title={FUNNELS.couldStillReach(formatExact(step.undecided), unit, step.label)}
            onClick={() => onOpen(number, 'undecided')}
          />
        )}
        <button
          type="button"
          className="wm-funnel-reached"
          data-shortcut={before ? undefined : 'u'}
          style={{ height: percent(heightOf(step.count, first)) }}
          aria-label={FUNNELS.reached(formatExact(step.count), unit, step.label)}
          title={FUNNELS.reached(formatExact(step.count), unit, step.label)}
          onClick={() => onOpen(number, 'reached')}
        />
      </div>
      <div className="wm-funnel-foot">
        {before ? (
          <>
            <button
              type="button"
              className="wm-link"
              onClick={() => onOpen(number, 'dropped')}
              disabled={step.dropped === 0}
            >
              {FUNNELS.countDropped(formatExact(step.dropped))}
            </button>
            <span className="wm-caption">{FUNNELS.ofStep(formatPercent(step.ofPrevious), number - 1)}</span>
            <span
              className="wm-caption"
              title={FUNNELS.medianTitle(
                formatDuration(step.secondsFromPrevious.mean),
                formatDuration(step.secondsFromPrevious.p90),
              )}
            >
              {FUNNELS.countMedian(formatDuration(step.secondsFromPrevious.median))}
            </span>
            {step.undecided > 0 && (
              <button
                type="button"
                className="wm-link wm-caption"
                onClick={() => onOpen(number, 'undecided')}
              >
                {FUNNELS.countUndecided(formatExact(step.undecided))}
              </button>
            )}
          </>
        ) : (
          <span className="wm-caption">{FUNNELS.entered}</span>
        )}
      </div>
    </li>
  );
}

/** A funnel as bars: what reached each step, what dropped and what is undecided; each opens its users. */
export function FunnelBars({
  data,
  compared,
  unit,
  compact,
  onOpen,
}: {
  data: FunnelData;
  compared: FunnelData | null;
  unit: string;
  compact: boolean;
  onOpen: (step: number, outcome: Outcome) => void;
}): React.JSX.Element {
  const first = Math.max(data.steps[0]?.count ?? 0, compared?.steps[0]?.count ?? 0);
  return (
    <ol className={compact ? 'wm-funnel is-compact' : 'wm-funnel'}>
      {data.steps.map((step, index) => (
        <Column
          key={index}
          step={step}
          number={index + 1}
          before={data.steps[index - 1]}
          first={first}
          compared={compared?.steps[index]}
          unit={unit}
          onOpen={onOpen}
        />
      ))}
    </ol>
  );
}

/** The same bars as a drawing for files. */
export function FunnelPicture({
  data,
  palette,
  width,
  height,
}: {
  data: FunnelData;
  palette: Palette;
  width: number;
  height: number;
}): React.JSX.Element {
  const first = Math.max(1, data.steps[0]?.count ?? 0);
  const column = width / Math.max(1, data.steps.length);
  const top = 48;
  const room = height - top - 40;
  return (
    <svg width={width} height={height}>
      <Hatch id="wm-undecided" ink={palette.surface} ground={palette.accent} />
      {data.steps.map((step, index) => {
        const x = index * column + 4;
        const bar = (step.count / first) * room;
        const open = (step.undecided / first) * room;
        const drop = (step.dropped / first) * room;
        const base = top + room;
        const wide = column - 8;
        return (
          <g key={index} fontSize={12} fill={palette.text}>
            <text x={x} y={16}>
              {`${index + 1} ${step.label}`.slice(0, Math.floor(wide / 6.5))}
            </text>
            <text x={x} y={34} fontWeight={600}>
              {`${formatPercent(step.ofFirst)}  ${formatExact(step.count)}`}
            </text>
            <rect x={x} y={base - bar} width={wide} height={bar} fill={palette.accent} />
            <rect x={x} y={base - bar - open} width={wide} height={open} fill="url(#wm-undecided)" />
            {drop > 0 && (
              <rect
                x={x + 0.5}
                y={base - bar - open - drop}
                width={wide - 1}
                height={drop}
                fill={palette.hover}
                stroke={palette.control}
              />
            )}
            {index > 0 && (
              <text x={x} y={base + 18} fill={palette.muted}>
                {FUNNELS.countDropped(formatExact(step.dropped))}
              </text>
            )}
          </g>
        );
      })}
    </svg>
  );
}
