import type { ReportOf } from '../report';
import type { DefinitionFacts } from './define';
import {
  describeCompare,
  describeEvent,
  describeFilters,
  describeSessions,
  describeTypes,
  INTERVAL_WORDS,
  USERS_SENTENCE,
} from './words';

const AGGREGATE_WORDS = {
  sum: 'The sum',
  mean: 'The mean',
  median: 'The median',
  p90: 'The 90th percentile',
};

function defineMeasure(report: ReportOf<'trend'>, { roles, sessionGapMs }: DefinitionFacts): string[] {
  const { measure } = report;
  const event = describeEvent(report.event);
  if (measure === 'events') return [`The number of events: ${event}.`];
  if (measure === 'users') {
    return [
      `Unique users who did ${event}; the total counts each once over the whole range, so points do not add up.`,
      USERS_SENTENCE,
    ];
  }
  if (measure === 'sessions') {
    return [`Sessions with at least one ${event}.`, describeSessions(sessionGapMs)];
  }
  const rule =
    measure.aggregate === 'median' || measure.aggregate === 'p90'
      ? 'It is exact: the nearest rank among all values.'
      : measure.field === 'durationSec'
        ? 'Durations add up as whole milliseconds.'
        : 'Sums are rounded to 12 significant digits.';
  return [
    `${AGGREGATE_WORDS[measure.aggregate]} of ${measure.field} over ${event}; numbers and text that is a number count, an empty bucket has no value.`,
    rule,
    ...(measure.field === 'durationSec'
      ? [
          `The time on a page view (${describeTypes(roles.pageViews)}) without a duration is the time to the next event of its session; it is unknown for the last one.`,
        ]
      : []),
  ];
}

/** The rules of a trend. */
export function defineTrend(report: ReportOf<'trend'>, facts: DefinitionFacts): string[] {
  const { range, breakdown } = report;
  const starts =
    report.interval === 'week' || report.interval === 'hourOfWeek'
      ? `; weeks start on ${range.weekStart}`
      : '';
  return [
    ...defineMeasure(report, facts),
    ...describeFilters(report.filters),
    `Points are ${INTERVAL_WORDS[report.interval]} in ${range.timezone}${starts}. A point that the range cuts or that ends after the newest event is incomplete.`,
    ...(breakdown === undefined
      ? []
      : [
          `Broken down by ${breakdown}: the ${report.limit} values with the highest total over the range, ties by code point; the rest is counted anew as "(other)", a missing value is "(none)".`,
        ]),
    ...describeCompare(report.compare),
  ];
}
