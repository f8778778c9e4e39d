import type { KpiName } from '../../../shared/reports/report';
import type { ListedUser } from '../../../shared/reports/result';
import { isBounce, sessionName } from '../sessions/split';
import type { KpiInputs, UserCounts } from './figures';

function usersWith(users: ReadonlyMap<string, UserCounts>, key: keyof UserCounts): ListedUser[] {
  return [...users].filter(([, counts]) => counts[key] > 0).map(([userId]) => ({ userId }));
}

const distinct = (ids: Iterable<string>): ListedUser[] => [...new Set(ids)].map((userId) => ({ userId }));

/** The users (for `sessions`, the sessions) behind a KPI, from what the KPI itself is made of. */
export function listKpi(kpi: KpiName, inputs: KpiInputs): ListedUser[] {
  switch (kpi) {
    case 'users':
    case 'events':
      return usersWith(inputs.users, 'events');
    case 'pageViews':
    case 'purchases':
      return usersWith(inputs.users, kpi);
    case 'newUsers':
      return distinct(inputs.newUsers);
    case 'sessions':
      return inputs.sessions.map((session) => ({ userId: session.userId, sessionId: sessionName(session) }));
    case 'bounceRate':
      return distinct(inputs.sessions.filter(isBounce).map(({ userId }) => userId));
    case 'meanSessionSeconds':
      return distinct(inputs.sessions.map(({ userId }) => userId));
    case 'medianSessionSeconds':
      return distinct(inputs.sessions.filter(({ start, end }) => end > start).map(({ userId }) => userId));
    case 'stickiness':
      return distinct(inputs.activeDays.keys());
  }
}
