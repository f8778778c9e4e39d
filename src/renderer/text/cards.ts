/** Words that every card shares. */
export const CARD = {
  definition: 'Definition',
  table: 'Table',
  export: 'Export',
  query: 'Query',
  pin: 'Pin',
  more: 'More',
  tryAgain: 'Try again',
  copyDetails: 'Copy details',
  runAgain: 'Run again',
  clearFilters: 'Clear filters',
  widenRange: 'Widen range',
  noMatch: 'No events match in this range.',
  noEvents: 'No events yet. Connect a collector or explore sample data.',
  uniquesDoNotAddUp: 'Uniques do not add up',
  enterUsers: 'Enter: users',
  incomplete: 'incomplete',
  notBegun: 'not begun yet',
  loading: (name: string): string => `Loading ${name}…`,
  updating: (name: string, seconds: number): string => `Updating ${name}… ${seconds}\u00a0s`,
  failed: (name: string, hadAnswer: boolean, reason: string): string =>
    `${name} could not be ${hadAnswer ? 'updated' : 'loaded'}. ${reason}`,
  cancelledWithAnswer: (seconds: string, time: string): string =>
    `Cancelled after ${seconds}. Showing the answer from ${time}.`,
  cancelledWithout: 'Cancelled. No earlier answer.',
  updated: (title: string, headline: string): string => `${title} updated: ${headline}`,
} as const;

export const EXPORTS = {
  csv: 'CSV, all rows',
  png: 'PNG',
  svg: 'SVG',
  pdf: 'PDF',
  copyPicture: 'Copy picture',
  copyTable: 'Copy table',
  written: (path: string): string => `Written to ${path}`,
  copied: 'Copied',
} as const;
