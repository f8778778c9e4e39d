import type { ActionName } from '../frame/shortcuts';

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
  { action: 'refresh', label: 'Refresh', keys: 'Ctrl+R' },
  { action: 'cancel', label: 'Cancel', keys: 'Ctrl+.' },
  { action: 'filter', label: 'Add a filter', keys: 'F' },
  { action: 'range', label: 'Choose the range', keys: 'D' },
  { action: 'earlier', label: 'Earlier range', keys: '[' },
  { action: 'later', label: 'Later range', keys: ']' },
  { action: 'compare', label: 'Compare', keys: 'C' },
  { action: 'users', label: 'Users behind the chart', keys: 'U' },
  { action: 'annotations', label: 'Annotations', keys: '' },
  { action: 'compareRuns', label: 'Compare two runs', keys: '' },
  { action: 'openReport', label: 'Open a report', keys: 'Ctrl+O' },
  { action: 'saveReport', label: 'Save the report', keys: 'Ctrl+S' },
  { action: 'export', label: 'Export the chart', keys: 'Ctrl+E' },
  { action: 'undo', label: 'Undo', keys: 'Ctrl+Z' },
  { action: 'newWindow', label: 'New window', keys: 'Ctrl+Shift+N' },
  { action: 'toggleRail', label: 'Narrow or widen the rail', keys: 'Ctrl+B' },
  { action: 'toggleDrawer', label: 'Open or close the drawer', keys: 'Ctrl+J' },
  { action: 'keys', label: 'Keys', keys: '?' },
];

const PREFIXES: Readonly<Record<string, PaletteItem['group']>> = {
  '>': 'Actions',
  '@': 'Users',
  '#': 'Events',
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
