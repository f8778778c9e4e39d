import type { ActionName } from '../frame/shortcuts';
import { WORDS } from '../text/words';
import { PALETTE } from '../text/palette';

export interface PaletteItem {
  readonly group: 'Recent' | 'Views' | 'Actions' | 'Reports' | 'Segments' | 'Events' | 'Users';
  readonly id: string;
  readonly label: string;
  readonly detail?: string;
  readonly run: () => void;
}

/** Names of what one can do, in the order in which they are offered. */
export const ACTION_NAMES: readonly {
  readonly action: ActionName;
  readonly label: string;
  readonly keys: string;
}[] = [
  { action: 'refresh', label: PALETTE.refresh, keys: 'Ctrl+R' },
  { action: 'cancel', label: WORDS.cancel, keys: 'Ctrl+.' },
  { action: 'filter', label: PALETTE.addAFilter, keys: 'F' },
  { action: 'range', label: PALETTE.chooseTheRange, keys: 'D' },
  { action: 'earlier', label: PALETTE.earlierRange, keys: '[' },
  { action: 'later', label: PALETTE.laterRange, keys: ']' },
  { action: 'compare', label: PALETTE.compare, keys: 'C' },
  { action: 'users', label: PALETTE.usersBehindTheChart, keys: 'U' },
  { action: 'annotations', label: WORDS.annotations, keys: '' },
  { action: 'compareRuns', label: PALETTE.compareTwoRuns, keys: '' },
  { action: 'openReport', label: PALETTE.openAReport, keys: 'Ctrl+O' },
  { action: 'saveReport', label: PALETTE.saveTheReport, keys: 'Ctrl+S' },
  { action: 'export', label: PALETTE.exportTheChart, keys: 'Ctrl+E' },
  { action: 'undo', label: WORDS.undo, keys: 'Ctrl+Z' },
  { action: 'newWindow', label: PALETTE.newWindow, keys: 'Ctrl+Shift+N' },
  { action: 'toggleRail', label: PALETTE.narrowOrWidenTheRail, keys: 'Ctrl+B' },
  { action: 'toggleDrawer', label: PALETTE.openOrCloseTheDrawer, keys: 'Ctrl+J' },
  { action: 'keys', label: WORDS.keys, keys: '?' },
];

const PREFIXES: Readonly<Record<string, PaletteItem['group']>> = {
  '>': PALETTE.actions,
  '@': WORDS.users,
  '#': WORDS.events,
};

/** Splits what was typed into the group it asks for and the words to look for. */
export function readQuery(text: string): { group: PaletteItem['group'] | undefined; words: string } {
  const group = PREFIXES[text[0] ?? ''];
  return { group, words: (group ? text.slice(1) : text).trim().toLowerCase() };
}

/** The items that fit, those whose label begins with the words first, in their groups' order. */
export function findItems(items: readonly PaletteItem[], text: string): PaletteItem[] {
  const { group, words } = readQuery(text);
  const fitting = items.filter(
    (item) =>
      (!group || item.group === group) &&
      words.split(' ').every((word) => item.label.toLowerCase().includes(word)),
  );
  const rank = (item: PaletteItem): number => (item.label.toLowerCase().startsWith(words) ? 0 : 1);
  return [...fitting].sort((a, b) => rank(a) - rank(b)).slice(0, 50);
}
