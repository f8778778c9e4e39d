import type { ReportOf } from '../report';
import { describeEvent, describeFilters, USERS_SENTENCE } from './words';

type RetentionReport = ReportOf<'retention'>;

const BUCKET_WORDS = { day: 'local day', week: 'week', month: 'month' } as const;
const ROLLING_WORDS = { day: '24 hours', week: '7 × 24 hours', month: '30 × 24 hours' } as const;

function describePeriods(report: RetentionReport): string {
  const { interval, rolling, rule, range } = report;
  const weeks = interval === 'week' ? `, weeks starting on ${range.weekStart}` : '';
  const period = rolling
    ? `Period k begins k × ${ROLLING_WORDS[interval]} after the user's own start`
    : `Period k is the k-th ${BUCKET_WORDS[interval]} after the cohort's, in ${range.timezone}${weeks}`;
  const rest =
    rule === 'on'
      ? 'a user counts in it who returned within it'
      : 'a user counts in it who returned within it or any time later';
  return `${period}; ${rest}.`;
}

/** The rules of a retention report. */
export function defineRetention(report: RetentionReport): string[] {
  const { interval, cohort } = report;
  return [
    `Of the users who did ${describeEvent(report.start)}, how many did ${describeEvent(report.return)} in each of the ${report.periods} periods after.`,
    cohort === 'firstTime'
      ? `A user belongs to the ${BUCKET_WORDS[interval]} of their first such event ever, if it lies in the range.`
      : `A user belongs to every ${BUCKET_WORDS[interval]} of the range in which they did it.`,
    describePeriods(report),
    'Period 0 is the size of the cohort. Returns are followed past the range up to the newest event.',
    ...describeFilters(report.filters),
    USERS_SENTENCE,
    "A cell is incomplete when the range cuts the cohort's bucket or its period has not passed; the mean adds up complete cells: users that returned over users that started.",
  ];
}
