import { Checkbox } from '@blueprintjs/core';
import { Cross } from '@blueprintjs/icons';
import { ReportCard } from '../../chart/ReportCard';
import { describeEvent } from '../../filters/describeFilter';
import type { ReportEvent } from '../../../shared/reports/filters';
import { EventButton } from '../../filters/EventButton';
import { PageButton, pageEvent } from '../../filters/PageButton';
import { formatExact } from '../../format/number';
import { Toolbar, ToolbarEvent, ToolbarNumber, ToolbarSelect } from '../../frame/Toolbar';
import { ViewFrame } from '../../frame/ViewFrame';
import { useShownReport } from '../../state/currentReport';
import { openDrawer } from '../../state/drawer';
import { useReportTitle } from '../../state/reportTitles';
import { useReport } from '../../state/runs';
import { showToast } from '../../state/toast';
import { useReportBase } from '../../state/useReportBase';
import { usePalette } from '../../theme/palette';
import { changePaths, pathsReport, usePathsDraft } from './pathsDraft';
import { Sankey } from './Sankey';
import { DROP_OFF, drawSankey } from './SankeyDrawing';
import { pathsTable } from './pathsTable';

const SLOT = 'paths.main';
const STEPS = Array.from({ length: 19 }, (_, index) => index + 2);
const UNITS = { session: 'Session', user: 'User' } as const;
const NAMES = { event: 'Event', page: 'Page' } as const;

/** A list of events with one more, once. */
const withEvent = (events: readonly ReportEvent[], event: ReportEvent): ReportEvent[] => [
  ...events.filter((other) => JSON.stringify(other) !== JSON.stringify(event)),
  event,
];

function Controls(): React.JSX.Element {
  const draft = usePathsDraft((state) => state.draft);
  const hide = (event: ReportEvent): void => changePaths({ hide: withEvent(draft.hide, event) });
  const anchors = [
    { key: 'start', name: 'Start', value: draft.start },
    { key: 'end', name: 'End', value: draft.end },
  ] as const;
  return (
    <Toolbar label="Paths of">
      {anchors.map(({ key, name, value }) =>
        draft.by === 'event' ? (
          <ToolbarEvent
            key={key}
            name={name}
            label={`${name} event`}
            value={value}
            onPick={(event) => changePaths({ [key]: event })}
            onClear={() => changePaths({ [key]: null })}
          />
        ) : (
          <span key={key} className="wm-inline">
            <span className="wm-caption">{name}</span>
            <PageButton
              label={`${name} page`}
              value={value}
              onPick={(page) => changePaths({ [key]: page })}
              onClear={() => changePaths({ [key]: null })}
            />
          </span>
        ),
      )}
      <ToolbarSelect
        label="Unit"
        value={draft.unit}
        options={UNITS}
        onChange={(unit) => changePaths({ unit })}
      />
      <ToolbarNumber
        label="Steps"
        value={draft.steps}
        choices={STEPS}
        onChange={(steps) => changePaths({ steps })}
      />
      <ToolbarSelect label="By" value={draft.by} options={NAMES} onChange={(by) => changePaths({ by })} />
      <ToolbarNumber
        label="Group below top"
        value={draft.topNodes}
        choices={[3, 5, 8, 12, 20, 50]}
        onChange={(topNodes) => changePaths({ topNodes })}
      />
      <span className="wm-inline">
        <span className="wm-caption">Hide</span>
        {draft.hide.map((event) => (
          <span key={JSON.stringify(event)} className="wm-chip">
            <span className="wm-chip-text">{describeEvent(event)}</span>
            <button
              type="button"
              className="wm-chip-remove"
              aria-label={`Show ${describeEvent(event)} again`}
              onClick={() => changePaths({ hide: draft.hide.filter((other) => other !== event) })}
            >
              <Cross size={12} />
            </button>
          </span>
        ))}
        {draft.by === 'event' ? (
          <EventButton label="Hide event" value={null} onPick={hide} />
        ) : (
          <PageButton label="Hide page" value={null} onPick={hide} />
        )}
      </span>
      <Checkbox
        style={{ margin: 0 }}
        checked={draft.collapseRepeats}
        onChange={(event) => changePaths({ collapseRepeats: event.currentTarget.checked })}
      >
        Join repeats
      </Checkbox>
    </Toolbar>
  );
}

/** Which ways people take. */
export function PathsView(): React.JSX.Element {
  const base = useReportBase();
  const draft = usePathsDraft((state) => state.draft);
  const palette = usePalette();
  const report = pathsReport(draft, base, useReportTitle('paths', 'Paths'));
  useShownReport(report);
  const run = useReport(SLOT, report, 150);
  const asked = run.answered;
  const by = asked?.kind === 'paths' ? (asked.by ?? 'event') : 'event';
  const onNode = (action: 'start' | 'end' | 'hide', name: string): void => {
    const before = draft;
    const where = by === 'page' ? pageEvent(name) : name;
    changePaths(action === 'hide' ? { hide: withEvent(draft.hide, where) } : { [action]: where });
    if (action === 'hide') showToast(`${name} hidden.`, { undo: () => changePaths(before) });
  };
  return (
    <ViewFrame view="paths">
      <Controls />
      <ReportCard
        title="Paths"
        slot={SLOT}
        run={run}
        className="wm-fill"
        isEmpty={({ data }) => data.units === 0 || data.nodes.length === 0}
        {...(draft.start === null
          ? {}
          : {
              empty: (
                <div className="wm-state">
                  <p>No path starts with {describeEvent(draft.start)}.</p>
                </div>
              ),
            })}
        table={({ data }) => pathsTable(data)}
        headline={({ data }) =>
          `${formatExact(data.units)} ${data.unit === 'session' ? 'sessions' : 'users'}`
        }
        draw={({ data }) => Promise.resolve(drawSankey(data, by, palette))}
        chart="sankey"
      >
        {({ data }) => (
          <Sankey
            data={data}
            by={by}
            label={`Paths: ${formatExact(data.units)} ${data.unit === 'session' ? 'sessions' : 'users'}`}
            onNode={onNode}
            onUsers={(position, from, to) => {
              if (asked?.kind !== 'paths') return;
              const way =
                to === undefined
                  ? `at ${from}`
                  : to === DROP_OFF
                    ? `ended after ${from}`
                    : `went from ${from} to ${to}`;
              openDrawer({
                kind: 'users',
                what: `${data.unit === 'session' ? 'sessions' : 'users'} ${way}`,
                report: { ...asked, users: { position, from, ...(to === undefined ? {} : { to }) } },
              });
            }}
          />
        )}
      </ReportCard>
    </ViewFrame>
  );
}
