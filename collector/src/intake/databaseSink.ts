import type { MongoClient } from 'mongodb';
import type { Logger } from 'pino';
import { type Ingest, openIngest } from '../../../src/analytics/ingest/ingest';
import {
  decodeEvents,
  type EncodedEvents,
  filterEvents,
  readSketches,
} from '../../../src/analytics/ingest/encodedEvents';
import { insertOnce, type InsertOutcome } from '../../../src/analytics/ingest/insertOnce';
import type { StoredDeadLetter } from '../../../src/analytics/ingest/stores';
import { type IngestItem, itemId } from '../../../src/shared/model/ingest/item';
import type { Reached } from '../faults';
import type { Metrics } from '../metrics';
import type { Settings } from '../settings';
import type { Load } from './backlog';
import { Backoff, pause } from './backoff';
import { type Erasures, type Received, receivedOf } from './erasures';
import { errorCode } from './errorCode';
import type { Sink } from './sink';

/** Between two derivations at most, however long one takes. */
const MAX_PAUSE_MS = 5_000;

/** While so much waits to be derived from, nothing more is written: it waits in the log. */
const MAX_PENDING_BYTES = 24 * 2 ** 20;

/** What is derived from: a database's written entries that their source keeps until then. */
interface Project {
  ingest: Ingest;
  prepared: boolean;
  releases: (() => void)[];
  /** When the oldest entry that is written and not derived from was accepted, or null. */
  writtenAt: number | null;
  /** The same of those that are being derived from. */
  derivingAt: number | null;
}

export interface DatabaseSinkOptions {
  settings: Settings;
  client: MongoClient;
  metrics: Metrics;
  logger: Logger;
  reached: Reached;
  erasures: Erasures;
}

/**
 * Writes entries to their databases and derives users and sessions from them. An entry is released after it was
 * derived from, so that whoever kept it until then can let the next process do both again.
 */
export class DatabaseSink implements Sink {
  readonly name = 'database';
  readonly takesParcels = true;
  readonly batchItems = 1_000;
  readonly writers = 2;
  private readonly projects = new Map<string, Project>();
  private readonly stopping = new AbortController();
  private readonly deriving: Promise<void>;
  private hurries = false;
  private writing = 0;

  constructor(private readonly options: DatabaseSinkOptions) {
    this.deriving = this.deriveForever();
  }

  get oldestAt(): number | null {
    const times = [...this.projects.values()].flatMap(({ writtenAt, derivingAt }) =>
      [writtenAt, derivingAt].flatMap((at) => at ?? []),
    );
    return times.length === 0 ? null : Math.min(...times);
  }

  get isBehind(): boolean {
    const { oldestAt } = this;
    if (oldestAt === null) return false;
    return (
      Date.now() - oldestAt > this.options.settings.maxDeriveLagMs || this.pendingBytes > MAX_PENDING_BYTES
    );
  }

  /** About the bytes in memory of what is written and not yet derived from. */
  private get pendingBytes(): number {
    let bytes = 0;
    for (const { ingest } of this.projects.values()) bytes += ingest.pendingBytes;
    return bytes;
  }

  get isIdle(): boolean {
    return this.writing === 0 && this.oldestAt === null;
  }

  async write(loads: readonly Load[], signal: AbortSignal): Promise<void> {
    const byDatabase = new Map<string, Load[]>();
    for (const load of loads) {
      const same = byDatabase.get(load.entry.database);
      if (same) same.push(load);
      else byDatabase.set(load.entry.database, [load]);
    }
    this.writing += 1;
    try {
      for (const [database, own] of byDatabase) await this.writeUntilDone(database, own, signal);
    } finally {
      this.writing -= 1;
    }
  }

  async check(timeoutMs: number): Promise<void> {
    const { client, settings, metrics } = this.options;
    try {
      await client.db(settings.database).command({ ping: 1 }, { timeoutMS: timeoutMs });
      metrics.mongoUp.set(1);
    } catch (error) {
      metrics.mongoUp.set(0);
      throw error;
    }
  }

  hasten(): void {
    this.hurries = true;
  }

  async close(): Promise<void> {
    this.stopping.abort();
    await this.deriving;
  }

  private project(database: string): Project {
    let project = this.projects.get(database);
    if (!project) {
      const db = this.options.client.db(database);
      const ingest = openIngest({ db, sessionGapMs: this.options.settings.sessionGapMs });
      project = { ingest, prepared: false, releases: [], writtenAt: null, derivingAt: null };
      this.projects.set(database, project);
    }
    return project;
  }

  /** Writes one database's entries, again and again until it says what became of each item. */
  private async writeUntilDone(database: string, loads: readonly Load[], signal: AbortSignal): Promise<void> {
    const { metrics, logger, erasures, reached } = this.options;
    const project = this.project(database);
    const backoff = new Backoff(100, 5_000);
    // What lies in a parcel is encoded already, but for its messages.
    const jsonBytes = loads.reduce(
      (sum, { entry, bytes }) => sum + ('items' in entry || entry.messages.length > 0 ? bytes : 0),
      0,
    );
    while (!signal.aborted) {
      const end = metrics.flushSeconds.startTimer();
      try {
        if (!project.prepared) {
          await project.ingest.prepare();
          project.prepared = true;
        }
        const mayWrite = await erasures.filter(database);
        const { items, parts, deadLetters } = sortLoads(loads, mayWrite);
        reached('insert.before');
        const encoded = await project.ingest.writeEncoded(parts);
        const outcomes = await project.ingest.write(items, jsonBytes);
        const refused = [...refusedOf(parts, encoded), ...refusedOfItems(items, outcomes)];
        await insertOnce(project.ingest.stores.deadLetters, [...deadLetters, ...refused]);
        reached('insert.after');
        metrics.countStored([...encoded, ...outcomes]);
        if (refused.length > 0) metrics.deadLetters.inc(refused.length);
        const waitedFor = loads.some(({ done }) => done !== undefined);
        const byItem = new Map(waitedFor ? items.map((item, index) => [item, outcomes[index]]) : []);
        for (const load of loads) {
          if ('items' in load.entry)
            load.done?.(load.entry.items.map((item) => byItem.get(item) ?? 'stored'));
          if (load.release) project.releases.push(load.release);
          project.writtenAt = Math.min(project.writtenAt ?? load.acceptedAt, load.acceptedAt);
        }
        return;
      } catch (error) {
        metrics.mongoErrors.inc({ code: errorCode(error) });
        logger.warn({ code: errorCode(error) }, 'the database did not take a batch; trying again');
        await pause(backoff.next(), signal);
      } finally {
        end();
      }
    }
  }

  private async deriveForever(): Promise<void> {
    const { settings, metrics, logger, reached } = this.options;
    const { signal } = this.stopping;
    const backoff = new Backoff(200, 5_000);
    let lastMs = 0;
    while (!signal.aborted) {
      // While events come in, deriving takes at most about half of the time, so that they go first.
      const shareMs = this.writing > 0 ? Math.min(lastMs, MAX_PAUSE_MS) : 0;
      await pause(this.hurries ? 10 : Math.max(settings.deriveEveryMs, shareMs), signal);
      const startedAt = Date.now();
      for (const project of this.projects.values()) {
        if (project.writtenAt === null) continue;
        const { releases, writtenAt } = project;
        project.releases = [];
        project.writtenAt = null;
        project.derivingAt = writtenAt;
        const end = metrics.deriveSeconds.startTimer();
        try {
          reached('derive.before');
          await project.ingest.derive();
          reached('derive.after');
          for (const release of releases) release();
          backoff.reset();
        } catch (error) {
          project.releases = [...releases, ...project.releases];
          project.writtenAt = writtenAt;
          metrics.mongoErrors.inc({ code: errorCode(error) });
          logger.warn({ code: errorCode(error) }, 'users and sessions could not be derived; trying again');
          await pause(backoff.next(), signal);
        } finally {
          project.derivingAt = null;
          end();
        }
      }
      lastMs = Date.now() - startedAt;
    }
  }
}

/** What loads hold, in their order, without what may not be written. */
function sortLoads(
  loads: readonly Load[],
  mayWrite: ((received: Received) => boolean) | null,
): { items: IngestItem[]; parts: EncodedEvents[]; deadLetters: StoredDeadLetter[] } {
  const items: IngestItem[] = [];
  const parts: EncodedEvents[] = [];
  const deadLetters: StoredDeadLetter[] = [];
  for (const { entry } of loads) {
    for (const letter of entry.deadLetters) deadLetters.push(letter);
    if ('items' in entry) {
      for (const item of entry.items) items.push(item);
      continue;
    }
    for (const message of entry.messages) items.push({ kind: 'person', message });
    if (entry.eventCount > 0) parts.push({ bytes: entry.events, sketches: readSketches(entry.events) });
  }
  if (mayWrite === null) return { items, parts, deadLetters };
  return {
    items: items.filter((item) => mayWrite(receivedOf(item))),
    parts: parts.map((part) =>
      filterEvents(part, ({ userId, anonymousId, receivedAtMs }) =>
        mayWrite({ ids: [userId, anonymousId], receivedAtMs }),
      ),
    ),
    deadLetters,
  };
}

/** What the database refused, for `deadLetters`. */
const refusedOfItems = (
  items: readonly IngestItem[],
  outcomes: readonly InsertOutcome[],
): StoredDeadLetter[] =>
  items.flatMap((item, index) => {
    const outcome = outcomes[index];
    if (typeof outcome !== 'object') return [];
    const message = JSON.stringify(item.kind === 'event' ? item.event : item.message).slice(0, 65_536);
    return [{ _id: itemId(item), reason: outcome.rejected, receivedAt: new Date(), message }];
  });

function refusedOf(parts: readonly EncodedEvents[], outcomes: readonly InsertOutcome[]): StoredDeadLetter[] {
  if (outcomes.every((outcome) => typeof outcome !== 'object')) return [];
  const items = parts.flatMap(({ bytes }) =>
    decodeEvents(bytes).map((event): IngestItem => ({ kind: 'event', event })),
  );
  return refusedOfItems(items, outcomes);
}
