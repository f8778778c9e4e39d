import { client } from '../client/client';
import { saveCurrentReport } from '../state/currentReport';
import { toggleDrawer } from '../state/drawer';
import { openReportFile } from '../state/openReport';
import { changeScope, currentPlace, openView, stepBack, stepForward, type ViewName } from '../state/place';
import { cancelAllRuns, refreshAll } from '../state/runs';
import { changeSettings, useSettings } from '../state/settings';
import { undoLatest } from '../state/toast';
import { currentZone } from '../state/zone';
import { useOverlays } from './overlays';
import { shiftRange } from './rangeText';

/** The views that Ctrl+1 … 9 open, in the order of the rail. */
const NUMBERED: readonly ViewName[] = [
  'overview',
  'funnels',
  'paths',
  'retention',
  'users',
  'live',
  'data',
  'dashboards',
  'connections',
];

const REGIONS = ['.wm-rail', '.wm-top', '.wm-filterbar', '.wm-content', '.wm-drawer', '.wm-status'];

/** Gives focus to the next region of the frame. */
function nextRegion(back: boolean): void {
  const regions = REGIONS.flatMap((selector) => document.querySelector<HTMLElement>(selector) ?? []);
  const at = regions.findIndex((region) => region.contains(document.activeElement));
  const region = regions[(at + (back ? -1 : 1) + regions.length) % regions.length];
  const target =
    region?.matches('.wm-content, .wm-drawer') === true
      ? region
      : region?.querySelector<HTMLElement>('a, button, input');
  target?.focus();
}

/** Keys that are about a card. */
const OF_A_CARD: ReadonlySet<string> = new Set(['t', 'i', 'l', 'p', 'export']);

/** Uses a control of the card in focus, else of the first card; some belong to the window. */
function pressControl(name: string): void {
  const card = document.activeElement?.closest('[data-card]') ?? document.querySelector('[data-card]');
  const selector = `[data-shortcut="${name}"]`;
  const own = card?.querySelector<HTMLElement>(selector);
  // What is about a card never reaches for another one.
  const control = OF_A_CARD.has(name) ? own : (own ?? document.querySelector<HTMLElement>(selector));
  if (control instanceof HTMLInputElement) control.focus();
  else control?.click();
}

/** Opens the users behind the mark in focus, else those that the first card offers. */
function openUsers(): void {
  const plot = document.activeElement?.closest('[role="application"]');
  if (plot)
    plot.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
  else pressControl('u');
}

/** Everything a key, a menu item or the palette can do, by name. */
export const ACTIONS = {
  palette: () => useOverlays.setState({ palette: true }),
  keys: () => useOverlays.setState({ keys: true }),
  annotations: () => useOverlays.setState({ annotations: true }),
  compareRuns: () => useOverlays.setState({ compare: true }),
  settings: () => openView('settings'),
  connections: () => openView('connections'),
  refresh: refreshAll,
  cancel: cancelAllRuns,
  openReport: () => void openReportFile(),
  saveReport: () => void saveCurrentReport(),
  saveReportAs: () => void saveCurrentReport(true),
  export: () => pressControl('export'),
  undo: undoLatest,
  newWindow: () => void client.call('window.open'),
  toggleRail: () => void changeSettings({ railCollapsed: !useSettings.getState().settings.railCollapsed }),
  toggleDrawer,
  back: stepBack,
  forward: stepForward,
  filter: () => pressControl('f'),
  range: () => pressControl('d'),
  compare: () => pressControl('c'),
  table: () => pressControl('t'),
  definition: () => pressControl('i'),
  lens: () => pressControl('l'),
  pin: () => pressControl('p'),
  users: openUsers,
  search: () => pressControl('/'),
  earlier: () =>
    changeScope({ range: shiftRange(currentPlace().scope.range, -1, currentZone(), Date.now()) }),
  later: () => changeScope({ range: shiftRange(currentPlace().scope.range, 1, currentZone(), Date.now()) }),
} as const;
export type ActionName = keyof typeof ACTIONS;

const WITH_CTRL: Readonly<Record<string, ActionName>> = {
  k: 'palette',
  ',': 'settings',
  r: 'refresh',
  '.': 'cancel',
  o: 'openReport',
  s: 'saveReport',
  e: 'export',
  z: 'undo',
  b: 'toggleRail',
  j: 'toggleDrawer',
};

const ALONE: Readonly<Record<string, ActionName>> = {
  '/': 'search',
  '[': 'earlier',
  ']': 'later',
  f: 'filter',
  d: 'range',
  c: 'compare',
  t: 'table',
  i: 'definition',
  l: 'lens',
  u: 'users',
  p: 'pin',
  '?': 'keys',
};

const isField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable]') !== null;

export interface KeyPress {
  readonly key: string;
  readonly ctrl: boolean;
  readonly alt: boolean;
  readonly shift: boolean;
  /** A field has focus, or single letters are off. */
  readonly typing: boolean;
}

/** What a key does: an action, a view by its number, or nothing. */
export function readKey({
  key,
  ctrl,
  alt,
  shift,
  typing,
}: KeyPress): ActionName | { view: ViewName } | undefined {
  if (ctrl && !alt) {
    if (shift && key.toLowerCase() === 'n') return 'newWindow';
    // In a field Ctrl+Z undoes typing.
    if (typing && key.toLowerCase() === 'z') return undefined;
    const number = Number(key);
    if (!shift && number >= 1 && number <= NUMBERED.length) {
      const view = NUMBERED[number - 1];
      return view && { view };
    }
    return shift ? undefined : WITH_CTRL[key.toLowerCase()];
  }
  if (alt && !ctrl) return key === 'ArrowLeft' ? 'back' : key === 'ArrowRight' ? 'forward' : undefined;
  return typing || ctrl || alt ? undefined : ALONE[key];
}

/** Listens for every shortcut of the window; returns the way to stop. */
export function listenForKeys(): () => void {
  const onKey = (event: KeyboardEvent): void => {
    if (event.defaultPrevented) return;
    if (event.key === 'F6') {
      event.preventDefault();
      nextRegion(event.shiftKey);
      return;
    }
    if (Object.values(useOverlays.getState()).some(Boolean)) return;
    const found = readKey({
      key: event.key,
      ctrl: event.ctrlKey || event.metaKey,
      alt: event.altKey,
      shift: event.shiftKey,
      typing: isField(event.target) || !useSettings.getState().settings.singleKeyShortcuts,
    });
    if (found === undefined) return;
    event.preventDefault();
    if (typeof found === 'string') ACTIONS[found]();
    else openView(found.view);
  };
  window.addEventListener('keydown', onKey);
  const stop = client.on('menu.command', ({ command }) => ACTIONS[command]());
  return () => {
    window.removeEventListener('keydown', onKey);
    stop();
  };
}
