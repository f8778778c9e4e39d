import type { Document } from 'mongodb';
import { WaymarkError } from '../../shared/errors';
import type { LiveBatch, LiveEvent } from '../../shared/ipc/inspection';
import type { Filter } from '../../shared/reports/filters';
import { resolveRange } from '../../shared/time/range';
import { findEdgeTimestamp } from '../engine/dataThrough';
import { compileReportFilters, type Predicate } from '../filters/predicates';
import { resolveUserSets } from '../filters/resolveUserSets';
import { loadIdentities } from '../identity/identityMap';
import { selectEvents } from '../mapping/selection';
import { allDocuments, type Source } from '../source/source';
import { SourceRun } from '../source/sourceRun';
import { EventRate } from './eventRate';
import { liveProjection, toLiveEvent } from './liveEvents';

/** How often the newest events are looked for where there is no change stream. */
const POLL_EVERY_MS = 2_000;
/** Events that arrive this much later than newer ones are still seen by polling. */
const POLL_OVERLAP_MS = 60_000;
const MAX_BATCH = 1_000;
/** A batch is told at least this often, also an empty one, so that a silent watch is known to live. */
const HEARTBEAT_MS = 2_000;
const COMMENT = 'waymark live';
const LIMIT_MS = 20_000;

export interface WatchRequest {
  readonly source: Source;
  readonly filters: readonly Filter[];
  readonly signal: AbortSignal;
  /** Wall clock in ms. */
  readonly clock: () => number;
  readonly onBatch: (batch: LiveBatch) => void;
}

/** What both ways of watching share: the filters, and how new documents become events. */
interface Watch {
  readonly request: WatchRequest;
  readonly rate: EventRate;
  lastEventAt: number | null;
  read(matches: readonly Document[], from?: number): Promise<LiveEvent[]>;
  tell(events: readonly LiveEvent[], mode: LiveBatch['mode']): void;
}

const createRun = ({ source, signal, clock }: WatchRequest): SourceRun =>
  new SourceRun(source, { comment: COMMENT, signal, maxTimeMs: LIMIT_MS, clock });

async function compileFilters(request: WatchRequest): Promise<Predicate> {
  const run = createRun(request);
  const now = request.clock();
  const { mapping } = request.source;
  const identities = await loadIdentities(run);
  const range = resolveRange({ last: '30d', timezone: 'UTC', weekStart: 'monday' }, now);
  const sets = await resolveUserSets(request.filters, { run, identities, range, now });
  return compileReportFilters(request.filters, { mapping, identities, sets }).all;
}

async function prepare(request: WatchRequest): Promise<Watch> {
  const { mapping } = request.source;
  const filter = await compileFilters(request);
  const { stage, lookups } = liveProjection(mapping);
  const rate = new EventRate();
  const watch: Watch = {
    request,
    rate,
    lastEventAt: await findEdgeTimestamp(createRun(request), 'newest'),
    async read(matches, from) {
      const pipeline = [
        ...matches.map((match) => ({ $match: match })),
        ...selectEvents(mapping, { matches: [filter.match], lookups: [...lookups, ...filter.lookups], from }),
        stage,
        { $sort: { at: -1 } },
        { $limit: MAX_BATCH },
      ];
      const documents = await allDocuments(createRun(request).aggregateEvents<Document>(pipeline));
      return documents
        .map(toLiveEvent)
        .filter((event) => event !== null)
        .reverse();
    },
    tell(events, mode) {
      for (const { at } of events) watch.lastEventAt = Math.max(watch.lastEventAt ?? 0, Date.parse(at));
      request.onBatch({
        events: [...events],
        mode,
        perSecond: rate.perSecond(request.clock()),
        lastEventAt: watch.lastEventAt === null ? null : new Date(watch.lastEventAt).toISOString(),
      });
    },
  };
  return watch;
}

/** Follows the change stream until the signal; throws before the first batch where there is none. */
async function followChanges(watch: Watch): Promise<void> {
  const { source, signal, clock } = watch.request;
  let toldAt = 0;
  const changes = source.watchInserts(source.mapping.events.collection, { comment: COMMENT, signal });
  for await (const ids of changes) {
    watch.rate.add(clock(), ids.length);
    const events = ids.length === 0 ? [] : await watch.read([{ _id: { $in: ids } }]);
    if (events.length > 0 || clock() - toldAt >= HEARTBEAT_MS) {
      toldAt = clock();
      watch.tell(events, 'changeStream');
    }
  }
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });

/** Looks for events with a timestamp near the newest and tells those not seen before. */
async function poll(watch: Watch): Promise<void> {
  const { signal, clock } = watch.request;
  let seen: Set<string> | undefined;
  while (!signal.aborted) {
    const from = (watch.lastEventAt ?? clock()) - POLL_OVERLAP_MS;
    const found = await watch.read([], from);
    const before = seen;
    const fresh = before ? found.filter(({ id }) => !before.has(id)) : [];
    seen = new Set(found.map(({ id }) => id));
    watch.rate.add(clock(), fresh.length);
    watch.tell(fresh, 'polling');
    await pause(POLL_EVERY_MS, signal);
  }
}

/**
 * Tells new events in batches, oldest first, until the signal is aborted: by the change stream, or by looking
 * every two seconds where there is none.
 * @throws WaymarkError `cancelled` once the signal is aborted; other codes when the database cannot be read
 */
export async function watchEvents(request: WatchRequest): Promise<never> {
  const watch = await prepare(request);
  try {
    await followChanges(watch);
  } catch (error) {
    const hasNoChangeStream =
      error instanceof WaymarkError && (error.code === 'internal' || error.code === 'noRight');
    if (!hasNoChangeStream || request.signal.aborted) throw error;
    await poll(watch);
  }
  throw new WaymarkError('cancelled', 'Cancelled.');
}
