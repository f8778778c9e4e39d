import type { ReportOf } from '../report';
import type { DefinitionFacts } from './define';
import { describeFilters, describeSessions, describeTypes, USERS_SENTENCE } from './words';

/** The rules of the users table. */
export function defineUsers(report: ReportOf<'users'>, { roles, sessionGapMs }: DefinitionFacts): string[] {
  const search = (report.search ?? '').trim();
  return [
    'Users with at least one matching event in the range, with what they did within it.',
    ...describeFilters(report.filters),
    ...(search === ''
      ? []
      : [`Only users whose id, alias, name or e-mail contains "${search}", whatever its case.`]),
    USERS_SENTENCE,
    describeSessions(sessionGapMs),
    `Purchases are events of the type ${describeTypes(roles.purchases)}.`,
    'Name, e-mail, device, country, creation and last activity come from the user’s document; users without one come last in orders by these.',
  ];
}
