import { addDays } from '../../../shared/time/calendar';
import { createAxis } from '../../../shared/time/axis';
import type { ResolvedRange } from '../../../shared/time/range';
import { STICKINESS_DAYS, type KpiInputs, type UserCounts } from '../../kernels/kpis/figures';
import { kpiAccumulators } from '../../pipeline/kpis';
import type { SessionRow } from '../../pipeline/sessions';
import { selectEvents } from '../../mapping/selection';
import { idText } from '../../mapping/storedText';
import { compileReport, type CompiledReport, type RunContext } from '../context';
import { findCovering } from '../covering';
import { findUsersWithoutEventsBefore } from '../firstEvents';
import { gatherSessions } from '../sessions/gatherSessions';
import { sliceRange } from '../slices';
import { readUserPoints } from '../userPoints';

/** The local days that stickiness looks at: 30, ending with the one that holds the range's last instant. */
function stickinessRange(range: ResolvedRange): ResolvedRange {
  const { timezone } = range.calendar;
  const lastDay = addDays(timezone, range.to - 1, 0);
  return {
    ...range,
    from: addDays(timezone, lastDay, 1 - STICKINESS_DAYS),
    to: addDays(timezone, lastDay, 1),
    unit: 'days',
  };
}

/** On how many of the days each user was active. */
async function countActiveDays(
  context: RunContext<'kpis'>,
  range: ResolvedRange,
  compiled: CompiledReport,
): Promise<Map<string, number>> {
  const { mapping, identities } = context;
  const days = stickinessRange(range);
  const covering = await findCovering(context, compiled);
  const { filters } = compiled;
  const axis = createAxis(days, 'day', null);
  /** One bit a day. */
  const daysOf = new Map<string, number>();
  await readUserPoints(context, {
    axis,
    value: null,
    slices: sliceRange(context, days),
    stagesOf: ({ from, to }) =>
      selectEvents(mapping, {
        from,
        to,
        everyEventHasUser: context.everyEventHasUser,
        matches: [covering?.match ?? {}, filters.events.match, ...filters.usersMatch].filter(
          (match) => Object.keys(match).length > 0,
        ),
        lookups: filters.events.lookups,
      }),
    hint: covering?.hint,
    purpose: 'active days',
    take: (rawUser, day) => {
      const id = idText(rawUser);
      if (id === null) return;
      const userId = identities.canonicalOf(id);
      if (!filters.acceptsUser(userId)) return;
      daysOf.set(userId, (daysOf.get(userId) ?? 0) | (1 << day));
    },
    onRestart: () => daysOf.clear(),
  });
  const counts = new Map<string, number>();
  for (const [userId, bits] of daysOf) counts.set(userId, countBits(bits));
  return counts;
}

function countBits(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}

/** Gathers what the KPIs of a period are made of. */
export async function gatherKpiInputs(context: RunContext<'kpis'>, range: ResolvedRange): Promise<KpiInputs> {
  const compiled = await compileReport(context, range);
  const users = new Map<string, UserCounts>();
  const addRow = (userId: string, row: SessionRow): void => {
    const events = row.m ?? row.n ?? 0;
    if (events === 0) return;
    const pageViews = Number(row['rp'] ?? row.p);
    const purchases = Number(row['rb']);
    const counts = users.get(userId);
    if (counts) {
      counts.events += events;
      counts.pageViews += pageViews;
      counts.purchases += purchases;
    } else {
      users.set(userId, { events, pageViews, purchases });
    }
  };
  const [sessions, activeDays] = await Promise.all([
    gatherSessions(context, {
      range,
      compiled,
      withPageViews: true,
      extras: kpiAccumulators(context.mapping, compiled.filters.events.expr),
      onRow: addRow,
      onRestart: () => users.clear(),
    }),
    countActiveDays(context, range, compiled),
  ]);
  const newUsers = await findUsersWithoutEventsBefore(context, [...users.keys()], range.from);
  return { users, newUsers, sessions, activeDays };
}
