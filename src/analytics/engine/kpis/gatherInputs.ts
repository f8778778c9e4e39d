import { addDays } from '../../../shared/time/calendar';
import { createAxis } from '../../../shared/time/axis';
import type { ResolvedRange } from '../../../shared/time/range';
import { STICKINESS_DAYS, type KpiInputs, type UserCounts } from '../../kernels/kpis/figures';
import { kpiAccumulators } from '../../pipeline/kpis';
import type { SessionRow } from '../../pipeline/sessions';
import { pointsByUser, type UserPointsRow } from '../../pipeline/trend';
import { selectEvents } from '../../mapping/selection';
import { idText } from '../../mapping/storedText';
import { compileReport, type CompiledReport, type RunContext } from '../context';
import { findCovering } from '../covering';
import { findUsersWithoutEventsBefore } from '../firstEvents';
import { gatherSessions } from '../sessions/gatherSessions';
import { sliceRange, type Slice } from '../slices';

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
  const { run, mapping, identities } = context;
  const days = stickinessRange(range);
  const covering = await findCovering(context, compiled);
  const { filters } = compiled;
  const axis = createAxis(days, 'day', null);
  const counts = new Map<string, number>();
  const merged = new Map<string, Set<number>>();
  const readSlice = async (slice: Slice): Promise<void> => {
    const stages = selectEvents(mapping, {
      from: slice.from,
      to: slice.to,
      everyEventHasUser: context.everyEventHasUser,
      matches: [covering?.match ?? {}, filters.events.match, ...filters.usersMatch].filter(
        (match) => Object.keys(match).length > 0,
      ),
      lookups: filters.events.lookups,
    });
    const rows = run.aggregateEvents<UserPointsRow>(pointsByUser({ mapping, axis, stages, value: null }), {
      purpose: 'active days',
      hint: covering?.hint,
    });
    for await (const batch of rows) {
      for (const { _id, p } of batch) {
        const id = idText(_id.u);
        if (id === null) continue;
        const userId = identities.canonicalOf(id);
        if (!filters.acceptsUser(userId)) continue;
        const known = merged.get(userId);
        if (known) for (const day of p) known.add(day);
        else if (identities.isMerged(id)) merged.set(userId, new Set(p));
        else counts.set(userId, (counts.get(userId) ?? 0) + p.length);
      }
    }
  };
  // Cut where a day begins, so that no day of a user is counted in two slices.
  await Promise.all(sliceRange(context, days, axis.starts).map(readSlice));
  for (const [userId, points] of merged) counts.set(userId, points.size);
  return counts;
}

/** Gathers what the KPIs of a period are made of. */
export async function gatherKpiInputs(context: RunContext<'kpis'>, range: ResolvedRange): Promise<KpiInputs> {
  const compiled = await compileReport(context, range);
  const users = new Map<string, UserCounts>();
  const addRow = (userId: string, row: SessionRow): void => {
    const events = row.m ?? row.n;
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
