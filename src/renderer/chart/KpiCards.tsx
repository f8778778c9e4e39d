import { ArrowDown, ArrowRight, ArrowUp } from '@blueprintjs/icons';
import { KPI_NAMES, type KpiName } from '../../shared/reports/report';
import type { KpisData } from '../../shared/reports/result';
import { describeChange, formatCompact, formatFigure, type FigureKind } from '../format/number';
import { CHARTS } from '../text/charts';
import { WORDS } from '../text/words';

interface KpiWords {
  readonly label: string;
  readonly kind: FigureKind;
  /** Whether more of it is good, bad or neither. */
  readonly good: 'up' | 'down' | 'neither';
}

export const KPIS: Readonly<Record<KpiName, KpiWords>> = {
  users: { label: WORDS.users, kind: 'count', good: 'up' },
  newUsers: { label: CHARTS.newUsers, kind: 'count', good: 'up' },
  sessions: { label: WORDS.sessions, kind: 'count', good: 'up' },
  events: { label: WORDS.events, kind: 'count', good: 'up' },
  pageViews: { label: WORDS.pageViews, kind: 'count', good: 'up' },
  purchases: { label: WORDS.purchases, kind: 'count', good: 'up' },
  bounceRate: { label: CHARTS.bounceRate, kind: 'rate', good: 'down' },
  meanSessionSeconds: { label: CHARTS.meanSession, kind: 'seconds', good: 'up' },
  medianSessionSeconds: { label: CHARTS.medianSession, kind: 'seconds', good: 'up' },
  stickiness: { label: CHARTS.stickiness, kind: 'rate', good: 'up' },
};

function KpiChange({ name, data }: { name: KpiName; data: KpisData }): React.JSX.Element | null {
  const { kind, good } = KPIS[name];
  const before = data.previous?.[name];
  if (before == null) return null;
  const change = describeChange(data[name], before, kind);
  if (!change)
    return <span className="wm-kpi-change wm-muted">{CHARTS.was(formatFigure(before, kind))}</span>;
  const tone =
    change.direction === 'same' || good === 'neither'
      ? 'wm-muted'
      : change.direction === good
        ? 'wm-good'
        : 'wm-bad';
  const Arrow = change.direction === 'up' ? ArrowUp : change.direction === 'down' ? ArrowDown : ArrowRight;
  return (
    <span className={`wm-kpi-change ${tone}`} title={CHARTS.beforeWas(formatFigure(before, kind))}>
      <Arrow size={12} /> {change.text}
    </span>
  );
}

/** One key figure: its name, its value and how it changed; opens the users it counts. */
export function KpiCard({
  name,
  data,
  onOpen,
}: {
  name: KpiName;
  data: KpisData;
  onOpen: () => void;
}): React.JSX.Element {
  const { label, kind } = KPIS[name];
  const value = data[name];
  const text = kind === 'count' ? formatCompact(value) : formatFigure(value, kind);
  const exact = formatFigure(value, kind);
  return (
    <div
      className="wm-kpi"
      role="group"
      aria-label={label}
      data-kpi={name}
      data-value={String(value)}
      data-previous={String(data.previous?.[name] ?? null)}
    >
      <button
        type="button"
        className="wm-kpi-button"
        title={`${label}: ${exact}`}
        data-shortcut={name === 'users' ? 'u' : undefined}
        onClick={onOpen}
      >
        <span className="wm-kpi-label">{label}</span>
        <span className="wm-kpi-row">
          <span className={text.length > 8 ? 'wm-kpi-value is-long' : 'wm-kpi-value'}>
            <span aria-hidden={text !== exact}>{text}</span>
            {text !== exact && <span className="wm-hidden"> {exact}</span>}
          </span>
          <KpiChange name={name} data={data} />
        </span>
      </button>
    </div>
  );
}

/** All key figures. */
export function KpiCards({
  data,
  onOpen,
}: {
  data: KpisData;
  onOpen: (name: KpiName) => void;
}): React.JSX.Element {
  return (
    <div className="wm-kpis">
      {KPI_NAMES.map((name) => (
        <KpiCard key={name} name={name} data={data} onOpen={() => onOpen(name)} />
      ))}
    </div>
  );
}
