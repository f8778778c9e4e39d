import type { ReportOf } from '../report';
import type { DefinitionFacts } from './define';
import { describeCompare, describeFilters, describeSessions, describeTypes, USERS_SENTENCE } from './words';

/** The rules of the key figures. */
export function defineKpis(report: ReportOf<'kpis'>, { roles, sessionGapMs }: DefinitionFacts): string[] {
  return [
    ...describeFilters(report.filters),
    USERS_SENTENCE,
    'New users are those whose first event ever, whatever the filters, lies in the range.',
    describeSessions(sessionGapMs),
    'A session counts when at least one of its events matches the filters; its duration and whether it is a bounce look at all its events.',
    'Session duration is last event minus first event: the mean of all sessions, and the median of those longer than zero.',
    'A bounce is a session with exactly one page view and no other event; bounce rate = bounces / sessions.',
    `Page views are events of the type ${describeTypes(roles.pageViews)}; purchases ${describeTypes(roles.purchases)}.`,
    'Stickiness is the mean of daily users over the 30 local days that end with the range (empty days count 0), divided by the users of those days; active days counts users by the number of those days they were active on.',
    ...describeCompare(report.compare),
  ];
}
