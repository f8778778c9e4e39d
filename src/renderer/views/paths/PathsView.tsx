import { Checkbox, HTMLSelect } from '@blueprintjs/core';
import { Cross } from '@blueprintjs/icons';
import { createElement } from 'react';
import { drawElement } from '../../chart/drawElement';
import { ReportCard } from '../../chart/ReportCard';
import { EventButton } from '../../filters/EventButton';
import { formatExact } from '../../format/number';
import { ViewFrame } from '../../frame/ViewFrame';
import { useShownReport } from '../../state/currentReport';
import { openDrawer } from '../../state/drawer';
import { useReport } from '../../state/runs';
import { showToast } from '../../state/toast';
import { useReportBase } from '../../state/useReportBase';
import { usePalette } from '../../theme/palette';
import { changePaths, pathsReport, usePathsDraft, type PathsDraft } from './pathsDraft';
import { DROP_OFF, Sankey, SankeyDrawing } from './Sankey';

const SLOT = 'paths.main';
const numbers = (from: number, to: number): { value: string; label: string }[] =>
  Array.from({ length: to - from + 1 }, (_, index) => ({
    value: String(from + index),
    label: String(from + index),
  }));

function Controls(): React.JSX.Element {
  const draft = usePathsDraft((state) => state.draft);
  const pages = draft.by === 'page';
  return (
    <section className="wm-toolbar" aria-label="Paths of">
      <span className="wm-inline">
        <span className="wm-caption">Start</span>
        <EventButton
          label="Start event"
          value={draft.start}
          onPick={(start) => changePaths({ start })}
          onClear={() => changePaths({ start: null })}
        />
      </span>
      <span className="wm-inline">
        <span className="wm-caption">End</span>
        <EventButton
          label="End event"
          value={draft.end}
          onPick={(end) => changePaths({ end })}
          onClear={() => changePaths({ end: null })}
        />
      </span>
      <label className="wm-inline">
        <span className="wm-caption">Unit</span>
        <HTMLSelect
          value={draft.unit}
          onChange={(event) => changePaths({ unit: event.target.value as PathsDraft['unit'] })}
          options={[
            { value: 'session', label: 'Session' },
            { value: 'user', label: 'User' },
          ]}
        />
      </label>
      <label className="wm-inline">
        <span className="wm-caption">Steps</span>
        <HTMLSelect
          value={String(draft.steps)}
          onChange={(event) => changePaths({ steps: Number(event.target.value) })}
          options={numbers(2, 20)}
        />
      </label>
      <label className="wm-inline">
        <span className="wm-caption">By</span>
        <HTMLSelect
          value={draft.by}
          onChange={(event) => changePaths({ by: event.target.value as PathsDraft['by'] })}
          options={[
            { value: 'event', label: 'Event' },
            { value: 'page', label: 'Page' },
          ]}
        />
      </label>
      <label className="wm-inline">
        <span className="wm-caption">Group below top</span>
        <HTMLSelect
          value={String(draft.topNodes)}
          onChange={(event) => changePaths({ topNodes: Number(event.target.value) })}
          options={['3', '5', '8', '12', '20', '50'].map((value) => ({ value, label: value }))}
        />
      </label>
      <span className="wm-inline">
        <span className="wm-caption">Hide</span>
        {draft.hide.map((name) => (
          <span key={name} className="wm-chip">
            <span className="wm-chip-text">{name}</span>
            <button
              type="button"
              className="wm-chip-remove"
              aria-label={`Show ${name} again`}
              onClick={() => changePaths({ hide: draft.hide.filter((other) => other !== name) })}
            >
              <Cross size={12} />
            </button>
          </span>
        ))}
        {!pages && (
          <EventButton
            label="Hide event"
            value={null}
            onPick={(name) => changePaths({ hide: [...new Set([...draft.hide, name])] })}
          />
        )}
      </span>
      <Checkbox
        style={{ margin: 0 }}
        checked={draft.collapseRepeats}
        onChange={(event) => changePaths({ collapseRepeats: event.currentTarget.checked })}
      >
        Join repeats
      </Checkbox>
    </section>
  );
}

/** Which ways people take. */
export function PathsView(): React.JSX.Element {
  const base = useReportBase();
  const draft = usePathsDraft((state) => state.draft);
  const palette = usePalette();
  const report = pathsReport(draft, base);
  useShownReport(report);
  const run = useReport(SLOT, report, 150);
  const asked = run.answered;
  const by = asked?.kind === 'paths' ? (asked.by ?? 'event') : 'event';
  const onNode = (action: 'start' | 'end' | 'hide', name: string): void => {
    const before = draft;
    const where = by === 'page' ? null : name;
    if (where === null) {
      showToast('Pages can be anchored only by their events.', { level: 'warning' });
      return;
    }
    changePaths(action === 'hide' ? { hide: [...new Set([...draft.hide, where])] } : { [action]: where });
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
                  <p>No path starts with {draft.start}.</p>
                </div>
              ),
            })}
        table={({ data }) => ({
          columns: [{ label: 'Position' }, { label: 'From' }, { label: 'To' }, { label: 'Count', end: true }],
          rows: data.links.map((link) => [
            String(link.position),
            link.from,
            link.to,
            formatExact(link.count),
          ]),
        })}
        headline={({ data }) =>
          `${formatExact(data.units)} ${data.unit === 'session' ? 'sessions' : 'users'}`
        }
        draw={({ data }) => {
          const width = Math.max(960, new Set(data.nodes.map((node) => node.position)).size * 190);
          return Promise.resolve(
            drawElement(createElement(SankeyDrawing, { data, by, width, height: 520, palette }), width, 520),
          );
        }}
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
