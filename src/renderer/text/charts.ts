/** Words of charts. */
export const CHARTS = {
  filterBy: (label: string): string => `Filter by ${label}`,
  provenance: (executor: string, elapsedMs: string, through: string): string =>
    `${executor} · ${elapsedMs} · data through ${through}`,
  chartRole: 'chart',
  was: (before: string): string => `was ${before}`,
  newUsers: 'New users',
  stickiness: 'Stickiness',
  bounceRate: 'Bounce rate',
  meanSession: 'Mean session',
  medianSession: 'Median session',
  beforeWas: (before: string): string => `Before: ${before}`,
  legend: 'Legend',
  alone: (label: string): string => `${label} (Alt: alone)`,
  hours: 'Hours',
  hoursOfTheWeek: 'Hours of the week',
  zooms: (text: string): string => `${text} (Enter zooms)`,
  before: 'Before',
  change: 'Change',
  exportFooter: (executor: string, through: string, made: string): string =>
    `${executor} · data through ${through} · made ${made}`,
} as const;
