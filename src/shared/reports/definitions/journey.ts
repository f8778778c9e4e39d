import type { ReportOf } from '../report';
import type { DefinitionFacts } from './define';
import { describeFilters, describeSessions, describeTypes } from './words';

/** The rules of a journey. */
export function defineJourney(
  report: ReportOf<'journey'>,
  { roles, sessionGapMs }: DefinitionFacts,
): string[] {
  return [
    'All events of one person, under whichever id they were received; sessions newest first.',
    ...describeFilters(report.filters),
    describeSessions(sessionGapMs),
    'A session is shown when at least one of its events matches the filters; its start, end and duration look at all its events.',
    `The time on a page view (${describeTypes(roles.pageViews)}) is its own duration, else the time to the next event of its session; it is unknown for the last one.`,
    'Totals are of the sessions that start in the range; activity by day counts the matching events in the range.',
  ];
}
