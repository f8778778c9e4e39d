export interface Shortcut {
  readonly keys: string;
  readonly text: string;
}

/** Every shortcut, as shown under Settings, Keys and by "?". Ctrl is Cmd on macOS. */
export const SHORTCUTS: readonly Shortcut[] = [
  { keys: 'Ctrl+K', text: 'Search or run' },
  { keys: 'Ctrl+1 … 9', text: 'Views, in the order of the rail' },
  { keys: 'Ctrl+,', text: 'Settings' },
  { keys: 'Ctrl+R', text: 'Refresh' },
  { keys: 'Ctrl+.', text: 'Cancel' },
  { keys: 'Ctrl+O', text: 'Open a report' },
  { keys: 'Ctrl+S', text: 'Save the report' },
  { keys: 'Ctrl+E', text: 'Export the chart in focus' },
  { keys: 'Ctrl+Z', text: 'Undo' },
  { keys: 'Ctrl+Shift+N', text: 'New window' },
  { keys: 'Ctrl+B', text: 'Narrow or widen the rail' },
  { keys: 'Ctrl+J', text: 'Open or close the drawer' },
  { keys: 'Alt+←  Alt+→', text: 'Back and forward' },
  { keys: 'F6', text: 'Next region' },
  { keys: '/', text: 'Search' },
  { keys: '[  ]', text: 'Earlier or later range' },
  { keys: 'F', text: 'Filter' },
  { keys: 'D', text: 'Range' },
  { keys: 'C', text: 'Compare' },
  { keys: 'T', text: 'Table of the chart in focus' },
  { keys: 'I', text: 'Definition' },
  { keys: 'L', text: 'Query lens' },
  { keys: 'U', text: 'Users behind the chart in focus' },
  { keys: 'P', text: 'Pin' },
  { keys: '?', text: 'Keys' },
];
