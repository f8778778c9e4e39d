import { create } from 'zustand';
import type { Filter } from '../../shared/reports/filters';
import { keepFocus } from './focusReturn';
import { goBack, goForward, visit, type History } from './history';
import { DEFAULT_SCOPE, withChip, withFilter, withoutChip, type FilterChip, type Scope } from './scope';

/** The views of the rail, and the journey, which opens from a user. */
export type ViewName =
  | 'overview'
  | 'funnels'
  | 'paths'
  | 'retention'
  | 'users'
  | 'live'
  | 'data'
  | 'dashboards'
  | 'connections'
  | 'settings'
  | 'journey';

/** Where the window is: a view, what it is about, and the scope of its reports. */
export interface Place {
  readonly view: ViewName;
  /** Of the journey: whose, and the events that a funnel counted as steps. */
  readonly userId?: string;
  readonly reason?: string;
  readonly stepEvents?: readonly string[];
  readonly scope: Scope;
}

interface PlaceState {
  readonly history: History<Place>;
}

export const usePlace = create<PlaceState>(() => ({
  history: { past: [], present: { view: 'overview', scope: DEFAULT_SCOPE }, future: [] },
}));

/** Goes on to another place of the line; what has the focus has it again when one comes back. */
function go(next: (history: History<Place>) => History<Place>): void {
  keepFocus(currentPlace());
  usePlace.setState(({ history }) => ({ history: next(history) }));
}

const move = (next: (place: Place) => Place): void => go((history) => visit(history, next(history.present)));

/** Where the window is now. */
export const currentPlace = (): Place => usePlace.getState().history.present;

/** Opens a view. */
export function openView(view: ViewName, about: Omit<Partial<Place>, 'view' | 'scope'> = {}): void {
  const present = currentPlace();
  if (present.view === view && present.userId === about.userId) return;
  move((place) => ({ view, scope: place.scope, ...about }));
}

/** Changes range, comparison or filters; the way back leads to the earlier ones. */
export function changeScope(change: Partial<Scope>): void {
  move((place) => ({ ...place, scope: { ...place.scope, ...change } }));
}

export const stepBack = (): void => go(goBack);
export const stepForward = (): void => go(goForward);

let chips = 0;
const nextChipId = (): string => `chip-${(chips += 1)}`;

/** Adds a filter to the bar. */
export function addFilter(filter: Filter): void {
  move((place) => ({ ...place, scope: withFilter(place.scope, filter, nextChipId()) }));
}

/** Changes a chip of the bar. */
export function changeChip(id: string, change: Partial<Omit<FilterChip, 'id'>>): void {
  move((place) => ({ ...place, scope: withChip(place.scope, id, change) }));
}

/** Removes a chip of the bar. */
export function removeChip(id: string): void {
  move((place) => ({ ...place, scope: withoutChip(place.scope, id) }));
}

export const useScope = (): Scope => usePlace((state) => state.history.present.scope);
export const useView = (): ViewName => usePlace((state) => state.history.present.view);
