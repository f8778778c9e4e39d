import { createAxis } from '../../../shared/time/axis';
import { pointOf } from '../../../shared/time/axisPoint';
import { storedIdForms } from '../../filters/conditions';
import { idText } from '../../mapping/storedText';
import {
  BUCKET_FACTOR,
  buildRetention,
  RETURN_BIT,
  RETURN_PLACE,
  START_BIT,
  START_PLACE,
  type RetentionGather,
} from '../../pipeline/retention';
import { compileReport, type KindAnswer, type RunContext } from '../context';
import { gatherUnits } from '../gather/gatherUnits';
import type { UnitEvents } from '../gather/unitEvents';
import { RetentionCollector } from '../retention/collectRetention';

type Context = RunContext<'retention'>;

const USERS_PER_QUERY = 5_000;

/**
 * The instant (ms) of each canonical user's first start event ever, for those whose first one lies in the
 * range and matches the filters.
 */
async function findFirstStarts(
  context: Context,
  gather: RetentionGather,
  accepts: (userId: string) => boolean,
): Promise<Map<string, number>> {
  const { run, identities, range, report } = context;
  const found = new Map<string, { first: number; matching: number }>();
  const rows = run.aggregateEvents<{ _id: unknown; f: number; g?: number | null } & { _id: never }>(
    gather.firstStarts,
    { purpose: 'first start of each user' },
  );
  for await (const batch of rows) {
    for (const row of batch as readonly { _id: unknown; f: number; g?: number | null }[]) {
      const id = idText(row._id);
      if (id === null) continue;
      const userId = identities.canonicalOf(id);
      if (!accepts(userId)) continue;
      const matching = row.g === undefined ? row.f : (row.g ?? Infinity);
      const known = found.get(userId);
      if (known) {
        known.first = Math.min(known.first, row.f);
        known.matching = Math.min(known.matching, matching);
      } else {
        found.set(userId, { first: row.f, matching });
      }
    }
  }
  // A user of several ids is left out of the rows by id only where that id started before the range.
  const merged = [...found.keys()].filter((userId) => identities.isMerged(userId));
  for (let at = 0; at < merged.length; at += USERS_PER_QUERY) {
    const forms = merged
      .slice(at, at + USERS_PER_QUERY)
      .flatMap((userId) => identities.allIdsOf(userId).flatMap(storedIdForms));
    const earlier = run.aggregateEvents<{ _id: never }>(gather.earlierStarts(forms), {
      purpose: 'merged users who started before the range',
    });
    for await (const batch of earlier) {
      for (const row of batch as readonly { _id: unknown }[]) {
        const id = idText(row._id);
        if (id !== null) found.delete(identities.canonicalOf(id));
      }
    }
  }
  const starts = new Map<string, number>();
  for (const [userId, { first, matching }] of found) {
    if (first === matching) starts.set(userId, range.from + first);
  }
  context.onProgress({ phase: `first ${report.interval}s`, done: starts.size });
  return starts;
}

/** Buckets of starts and returns, per user. */
async function eachUserByBucket(
  context: Context,
  gather: RetentionGather,
  accepts: (userId: string) => boolean,
  take: (userId: string, codes: Iterable<number>) => void,
): Promise<void> {
  const { run, identities, onProgress } = context;
  const merged = new Map<string, Set<number>>();
  const rows = run.aggregateEvents<{ _id: never; b: number[] }>(gather.buckets, {
    purpose: 'active buckets of each user',
  });
  let done = 0;
  for await (const batch of rows) {
    for (const row of batch as readonly { _id: unknown; b: number[] }[]) {
      const id = idText(row._id);
      if (id === null) continue;
      const userId = identities.canonicalOf(id);
      if (!accepts(userId)) continue;
      if (!identities.isMerged(userId)) {
        take(userId, row.b);
        continue;
      }
      const known = merged.get(userId) ?? new Set<number>();
      for (const code of row.b) known.add(code);
      merged.set(userId, known);
    }
    done += batch.length;
    onProgress({ phase: 'active buckets of each user', done });
  }
  for (const [userId, codes] of merged) take(userId, codes);
}

async function followByCalendar(
  context: Context,
  gather: RetentionGather,
  accepts: (userId: string) => boolean,
  starts: ReadonlyMap<string, number> | undefined,
  collector: RetentionCollector,
): Promise<void> {
  const { axis } = gather;
  const without = new Map(starts);
  await eachUserByBucket(context, gather, accepts, (userId, codes) => {
    const returns: number[] = [];
    const cohorts = new Set<number>();
    for (const code of codes) {
      const bucket = Math.floor(code / BUCKET_FACTOR);
      const bits = code - bucket * BUCKET_FACTOR;
      if ((bits & RETURN_BIT) !== 0) returns.push(bucket);
      if ((bits & START_BIT) !== 0) cohorts.add(bucket);
    }
    const firstStart = starts?.get(userId);
    if (firstStart !== undefined) cohorts.add(pointOf(axis, firstStart));
    without.delete(userId);
    for (const cohort of cohorts) collector.takeBuckets(userId, cohort, returns);
  });
  // Starters who never did the return event have no row.
  for (const [userId, start] of without) collector.takeBuckets(userId, pointOf(axis, start), []);
}

async function followByOwnStart(
  context: Context,
  gather: RetentionGather,
  accepts: (userId: string) => boolean,
  starts: ReadonlyMap<string, number> | undefined,
  collector: RetentionCollector,
): Promise<void> {
  const { plan, axis, instants } = gather;
  const without = new Map(starts);
  const startOf = (unit: UnitEvents): Map<number, number> => {
    const own = new Map<number, number>();
    if (starts) {
      const start = starts.get(unit.userId);
      if (start !== undefined) own.set(pointOf(axis, start), start);
      return own;
    }
    for (let i = 0; i < unit.length; i += 1) {
      const t = unit.times[i] as number;
      if (t >= plan.to || !instants.classes.matches(unit.classes[i] as number, START_PLACE)) continue;
      const cohort = pointOf(axis, t);
      if (!own.has(cohort)) own.set(cohort, t);
    }
    return own;
  };
  await gatherUnits(context, instants, {
    accepts,
    purpose: 'starts and returns of each user',
    visit: (unit) => {
      without.delete(unit.userId);
      const returns: number[] = [];
      const own = startOf(unit);
      if (own.size === 0) return;
      for (let i = 0; i < unit.length; i += 1) {
        const t = unit.times[i] as number;
        if (t > plan.dataThrough) break;
        if (instants.classes.matches(unit.classes[i] as number, RETURN_PLACE)) returns.push(t);
      }
      for (const [cohort, start] of own) collector.takeInstants(unit.userId, cohort, start, returns);
    },
  });
  for (const [userId, start] of without) collector.takeInstants(userId, pointOf(axis, start), start, []);
}

/** Runs a retention report: who starts, and in which later periods they return. */
export async function runRetention(context: Context): Promise<KindAnswer<'retention'>> {
  const { report, range, dataThrough } = context;
  const { predicates, filters } = await compileReport(context, range);
  const gather = buildRetention(report, range, dataThrough, predicates, filters);
  const { acceptsUser: accepts } = filters;
  const cohorts = createAxis(range, report.interval, dataThrough);
  const collector = new RetentionCollector(report, gather.plan, cohorts);
  const starts = report.cohort === 'firstTime' ? await findFirstStarts(context, gather, accepts) : undefined;
  const follow = report.rolling ? followByOwnStart : followByCalendar;
  await follow(context, gather, accepts, starts, collector);
  return { data: collector.finish() };
}
