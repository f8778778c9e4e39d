import { useEffect, useState, type KeyboardEvent } from 'react';
import type { RecentReport } from '../../shared/ipc/reportFiles';
import type { ReportInput } from '../../shared/reports/report';
import { client } from '../client/client';
import { useEventSuggestions } from '../filters/useSuggestions';
import { ACTIONS } from '../frame/shortcuts';
import { useOverlays } from '../frame/overlays';
import { RAIL } from '../frame/views';
import { giveFocusBack } from '../state/focusReturn';
import { useLibrary } from '../state/library';
import { openReportFile } from '../state/openReport';
import { addFilter, changeScope, openView } from '../state/place';
import { runOnce } from '../state/runs';
import { valueFilter } from '../state/scope';
import { useReportBase } from '../state/useReportBase';
import { FRAME, VIEW_NAMES } from '../text/frame';
import { ACTION_NAMES, findItems, readQuery, type PaletteItem } from './paletteItems';
import { WORDS } from '../text/words';
import { PALETTE } from '../text/palette';

const recent: string[] = [];

/** Users whose name, e-mail or id fits, asked for as one types. */
function useFoundUsers(text: string): readonly PaletteItem[] {
  const base = useReportBase();
  const { group, words } = readQuery(text);
  const asks = (group === WORDS.users && words.length >= 1) || (group === undefined && words.length >= 3);
  const [found, setFound] = useState<readonly PaletteItem[]>([]);
  useEffect(() => {
    if (!asks) return undefined;
    const controller = new AbortController();
    const timer = setTimeout(() => {
      const report: ReportInput = { ...base, filters: [], kind: 'users', search: words, limit: 8 };
      runOnce(report, controller.signal).then(
        (answer) => {
          if (answer.kind !== 'users') return;
          setFound(
            answer.data.users.map((user) => ({
              group: WORDS.users,
              id: `user:${user.userId}`,
              label: user.name ?? user.email ?? user.userId,
              detail: user.userId,
              run: () => openView('journey', { userId: user.userId }),
            })),
          );
        },
        () => setFound([]),
      );
    }, 200);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [asks, words, base]);
  return asks ? found : [];
}

function useItems(text: string): readonly PaletteItem[] {
  const segments = useLibrary((state) => state.library.segments);
  const [reports, setReports] = useState<readonly RecentReport[]>([]);
  const { suggestions } = useEventSuggestions(readQuery(text).words);
  useEffect(() => {
    client.call('reportFiles.recent').then(
      (answer) => setReports(answer.reports),
      () => setReports([]),
    );
  }, []);
  const found = useFoundUsers(text);
  const items: PaletteItem[] = [
    ...RAIL.map(({ view }): PaletteItem => ({
      group: PALETTE.views,
      id: `view:${view}`,
      label: VIEW_NAMES[view],
      run: () => openView(view),
    })),
    ...ACTION_NAMES.map(({ action, label, keys }): PaletteItem => ({
      group: PALETTE.actions,
      id: `action:${action}`,
      label,
      detail: keys,
      run: () => ACTIONS[action](),
    })),
    ...reports.map(({ path, title, name }): PaletteItem => ({
      group: PALETTE.reports,
      id: `report:${path}`,
      label: title === '' ? name : title,
      detail: name,
      run: () => void openReportFile(path),
    })),
    ...segments.map(({ id, name }): PaletteItem => ({
      group: WORDS.segments,
      id: `segment:${id}`,
      label: name,
      run: () => changeScope({ segment: id }),
    })),
    ...suggestions.slice(0, 12).map(({ value }): PaletteItem => ({
      group: WORDS.events,
      id: `event:${String(value)}`,
      label: String(value),
      detail: PALETTE.filterAction,
      run: () => addFilter(valueFilter('eventType', String(value))),
    })),
  ];
  const latest = recent.flatMap((id) => {
    const item = items.find((candidate) => candidate.id === id);
    return item ? [{ ...item, group: PALETTE.recent, id: `recent:${id}` }] : [];
  });
  return [...(text === '' ? latest : []), ...findItems(items, text), ...found];
}

function Panel({ close }: { close: () => void }): React.JSX.Element {
  const [text, setText] = useState('');
  const [active, setActive] = useState(0);
  const items = useItems(text);
  const [opener] = useState(() => document.activeElement);
  useEffect(() => () => giveFocusBack([opener]), [opener]);
  const index = Math.min(active, items.length - 1);
  const run = (item: PaletteItem | undefined): void => {
    if (!item) return;
    const id = item.id.replace(/^recent:/, '');
    recent.splice(0, recent.length, id, ...recent.filter((other) => other !== id).slice(0, 4));
    close();
    // After the palette has given focus back, so that what opens may take it.
    setTimeout(item.run, 0);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0 && items.length > 0) setActive((index + step + items.length) % items.length);
    else if (event.key === 'Enter') run(items[index]);
    else if (event.key === 'Escape') close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className="wm-palette" role="dialog" aria-modal aria-label={FRAME.search} onKeyDown={onKeyDown}>
      <input
        className="bp6-input"
        role="combobox"
        aria-expanded
        aria-controls="wm-palette-list"
        aria-activedescendant={index >= 0 ? `wm-palette-${index}` : undefined}
        aria-label={FRAME.search}
        placeholder={PALETTE.placeholder(FRAME.search)}
        autoFocus
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setActive(0);
        }}
      />
      <ul id="wm-palette-list" role="listbox" aria-label={FRAME.search}>
        {items.map((item, at) => (
          <li
            key={item.id}
            id={`wm-palette-${at}`}
            role="option"
            aria-selected={at === index}
            ref={at === index ? scrollNear : undefined}
            onPointerMove={() => setActive(at)}
            onClick={() => run(item)}
          >
            <span className="wm-caption wm-palette-group">{item.group}</span>
            <span className="wm-cut">{item.label}</span>
            {item.detail !== undefined && <span className="wm-caption">{item.detail}</span>}
          </li>
        ))}
      </ul>
      {items.length === 0 && <p className="wm-palette-none wm-muted">{PALETTE.nothingFor(text)}</p>}
    </div>
  );
}

function scrollNear(element: HTMLLIElement | null): void {
  element?.scrollIntoView({ block: 'nearest' });
}

/** Search or run: views, actions, reports, segments, events and users by typing. */
export function CommandPalette(): React.JSX.Element | null {
  const open = useOverlays((state) => state.palette);
  if (!open) return null;
  const close = (): void => useOverlays.setState({ palette: false });
  return (
    <div className="wm-overlay" onPointerDown={(event) => event.target === event.currentTarget && close()}>
      <Panel close={close} />
    </div>
  );
}
