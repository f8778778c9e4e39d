import type { JourneyData } from '../../../shared/reports/result';
import { createAxis } from '../../../shared/time/axis';
import { storedIdForms } from '../../filters/conditions';
import { compareCodePoints } from '../../kernels/numbers';
import { assembleSession } from '../../kernels/journey/assembleSession';
import { compareSessions, pageOfSessions, sumTotals } from '../../kernels/journey/sessions';
import { selectEvents } from '../../mapping/selection';
import { countByPoint, type CountRow } from '../../pipeline/trend';
import { compileReport, type CompiledReport, type KindAnswer, type RunContext } from '../context';
import { streamSession } from '../journey/sessionEvents';
import { gatherSessions } from '../sessions/gatherSessions';
import { emptyProfile, loadProfiles } from '../users/profiles';

async function readTrend(
  context: RunContext<'journey'>,
  { filters }: CompiledReport,
  userId: string,
): Promise<JourneyData['trend']> {
  const { run, mapping, range, identities } = context;
  const axis = createAxis(range, 'day', context.dataThrough);
  const counts = new Array<number>(axis.starts.length).fill(0);
  if (filters.acceptsUser(userId)) {
    const owner = {
      [mapping.events.fields.userId]: { $in: identities.allIdsOf(userId).flatMap(storedIdForms) },
    };
    const stages = selectEvents(mapping, {
      from: range.from,
      to: range.to,
      matches: [owner, filters.events.match].filter((match) => Object.keys(match).length > 0),
      lookups: filters.events.lookups,
    });
    const pipeline = countByPoint({ mapping, axis, stages, value: null }, { user: false });
    for await (const batch of run.aggregateEvents<CountRow>(pipeline, { purpose: 'events by day' })) {
      for (const { _id, n } of batch) counts[_id.p] = n;
    }
  }
  return axis.starts.map((start, point) => ({
    at: new Date(start).toISOString(),
    events: counts[point] ?? 0,
  }));
}

/** Runs one person's journey: profile, totals, sessions newest first with their events, and activity by day. */
export async function runJourney(context: RunContext<'journey'>): Promise<KindAnswer<'journey'>> {
  const { report, identities, range } = context;
  context.onProgress({ phase: 'journey' });
  const compiled = await compileReport(context, range);
  const userId = identities.canonicalOf(report.userId);
  const [profiles, gathered, trend] = await Promise.all([
    loadProfiles(context, [userId], true),
    gatherSessions(context, { range, compiled, users: [userId], withDetails: true }),
    readTrend(context, compiled, userId),
  ]);
  const sessions = gathered.sort(compareSessions);
  const { page, from, next } = pageOfSessions(report, sessions);
  const shown: JourneyData['sessions'] = [];
  for (const session of page) {
    const rows = streamSession(context, compiled, session, from);
    shown.push(await assembleSession(session, rows, context.mapping.roles.pageViews));
  }
  const { traits, ...profile } = profiles.get(userId) ?? emptyProfile(userId);
  const data: JourneyData = {
    user: { ...profile, aliases: [...identities.aliasesOf(userId)].sort(compareCodePoints), traits },
    totals: sumTotals(sessions),
    sessions: shown,
    trend,
    next,
  };
  return { data };
}
