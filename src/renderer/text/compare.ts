/** Words of compare. */
export const COMPARE_RUNS = {
  swap: 'Swap',
  saveRun: 'Save…',
  laterRule: (sentence: string): string => ` Later: ${sentence}`,
  earlierRule: (sentence: string): string => ` Earlier: ${sentence}`,
  laterRun: 'Later run',
  earlierRun: 'Earlier run',
  openARun: 'Open a run…',
  compareRuns: 'Compare runs',
  chooseARun: 'Choose a run',
  provenance: (executor: string, provenance: string, timezone: string, database: string): string =>
    `${executor} · data through ${provenance} · ${timezone} · ${database}`,
  saveThe: (which: string): string => `Save the ${which}`,
  onlyDifferences: 'Only differences',
  differentRules: 'The two runs follow different rules.',
  howManyDiffer: (differing: string, all: string): string => `${differing} of ${all} figures differ`,
  otherKind: (kind: string, other: string): string =>
    `A run of the kind ${kind} cannot be compared with one of the kind ${other}.`,
  chooseTwo:
    'Choose two runs of a report: each answer of this window is kept until it closes; save one to compare it later.',
  all: 'All',
  notThere: 'not there',
  total: 'Total',
  units: 'Units',
  later: 'Later',
  earlier: 'Earlier',
  entrants: 'Entrants',
  medianFromFirst: 'Median from first',
  timeToConvert: 'Time to convert (s)',
  usersActiveOnDays: 'Users active on days',
  medianFromPrevious: 'Median from previous',
  points: (difference: string): string => `${difference}\u00a0pp`,
} as const;
