import { Checkbox } from '@blueprintjs/core';
import { Cross } from '@blueprintjs/icons';
import { NoMatch } from '../../chart/CardStates';
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
import { PATHS } from '../../text/paths';
import { WORDS } from '../../text/words';

const SLOT = 'paths.main';
const STEPS = Array.from({ length: 19 }, (_, index) => index + 2);
const UNITS = { session: WORDS.session, user: WORDS.user } as const;
const NAMES = { event: WORDS.event, page: WORDS.page } as const;

/** A list of events with one more, once. */
const withEvent = (events: readonly ReportEvent[], event: ReportEvent): ReportEvent[] => [
  ...events.filter((other) => JSON.stringify(other) !== JSON.stringify(event)),
  event,
];

function Controls(): React.JSX.Element {
  const draft = usePathsDraft((state) => state.draft);
  const hide = (event: ReportEvent): void => changePaths({ hide: withEvent(draft.hide, event) });
  const anchors = [
    { key: 'start', name: PATHS.start, value: draft.start },
    { key: 'end', name: PATHS.end, value: draft.end },
  ] as const;
  return (
    <Toolbar label={PATHS.pathsOf}>
      {anchors.map(({ key, name, value }) =>
        draft.by === 'event' ? (
          <ToolbarEvent
            key={key}
            name={name}
            label={PATHS.eventOf(name)}
            value={value}
            onPick={(event) => changePaths({ [key]: event })}
            onClear={() => changePaths({ [key]: null })}
          />
        ) : (
          <span key={key} className="wm-inline">
            <span className="wm-caption">{name}</span>
            <PageButton
              label={PATHS.pageOf(name)}
              value={value}
              onPick={(page) => changePaths({ [key]: page })}
              onClear={() => changePaths({ [key]: null })}
            />
          </span>
        ),
      )}
      <ToolbarSelect
        label={PATHS.unit}
        value={draft.unit}
        options={UNITS}
        onChange={(unit) => changePaths({ unit })}
      />
      <ToolbarNumber
        label={WORDS.steps}
        value={draft.steps}
        choices={STEPS}
        onChange={(steps) => changePaths({ steps })}
      />
      <ToolbarSelect
        label={PATHS.by}
        value={draft.by}
        options={NAMES}
        onChange={(by) => changePaths({ by })}
      />
      <ToolbarNumber
        label={PATHS.groupBelowTop}
        value={draft.topNodes}
        choices={[3, 5, 8, 12, 20, 50]}
        onChange={(topNodes) => changePaths({ topNodes })}
      />
      <span className="wm-inline">
        <span className="wm-caption">{PATHS.hide}</span>
        {draft.hide.map((event) => (
          <span key={JSON.stringify(event)} className="wm-chip">
            <span className="wm-chip-text">{describeEvent(event)}</span>
            <button
              type="button"
              className="wm-chip-remove"
              aria-label={PATHS.showAgain(describeEvent(event))}
              onClick={() => changePaths({ hide: draft.hide.filter((other) => other !== event) })}
            >
              <Cross size={12} />
            </button>
          </span>
        ))}
        {draft.by === 'event' ? (
          <EventButton label={PATHS.hideEvent} value={null} onPick={hide} />
        ) : (
          <PageButton label={PATHS.hidePage} value={null} onPick={hide} />
        )}
      </span>
      <Checkbox
        style={{ margin: 0 }}
        checked={draft.collapseRepeats}
        onChange={(event) => changePaths({ collapseRepeats: event.currentTarget.checked })}
      >
        {PATHS.joinRepeats}
      </Checkbox>
    </Toolbar>
  );
}

/** Which ways people take. */
export function PathsView(): React.JSX.Element {
  const base = useReportBase();
  const draft = usePathsDraft((state) => state.draft);
  const palette = usePalette();
  const report = pathsReport(draft, base, useReportTitle('paths', PATHS.paths));
  useShownReport(report);
  const run = useReport(SLOT, report, 150);
  const asked = run.answered;
  const by = asked?.kind === 'paths' ? (asked.by ?? 'event') : 'event';
  const onNode = (action: 'start' | 'end' | 'hide', name: string): void => {
    const before = draft;
    const where = by === 'page' ? pageEvent(name) : name;
    changePaths(action === 'hide' ? { hide: withEvent(draft.hide, where) } : { [action]: where });
    if (action === 'hide') showToast(PATHS.hidden(name), { undo: () => changePaths(before) });
  };
  return (
    <ViewFrame view="paths">
      <Controls />
      <ReportCard
        title={PATHS.paths}
        isWholeView
        slot={SLOT}
        run={run}
        className="wm-fill"
        isEmpty={({ data }) => data.units === 0 || data.nodes.length === 0}
        {...(draft.start === null
          ? {}
          : {
              empty: <NoMatch text={PATHS.noPathStartsWith(describeEvent(draft.start))} />,
            })}
        table={({ data }) => pathsTable(data)}
        headline={({ data }) =>
          `${formatExact(data.units)} ${data.unit === 'session' ? PATHS.sessionsUnit : PATHS.usersUnit}`
        }
        draw={({ data }) => Promise.resolve(drawSankey(data, by, palette))}
        chart="sankey"
      >
        {({ data }) => (
          <Sankey
            data={data}
            by={by}
            label={PATHS.headline(
              formatExact(data.units),
              data.unit === 'session' ? PATHS.sessionsUnit : PATHS.usersUnit,
            )}
            onNode={onNode}
            onUsers={(position, from, to) => {
              if (asked?.kind !== 'paths') return;
              const way =
                to === undefined
                  ? PATHS.atPlace(from)
                  : to === DROP_OFF
                    ? PATHS.endedAfter(from)
                    : PATHS.wentFromTo(from, to);
              openDrawer({
                kind: 'users',
                what: `${data.unit === 'session' ? PATHS.sessionsUnit : PATHS.usersUnit} ${way}`,
                report: { ...asked, users: { position, from, ...(to === undefined ? {} : { to }) } },
              });
            }}
          />
        )}
      </ReportCard>
    </ViewFrame>
  );
}
