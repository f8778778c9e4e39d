import type { Timestamp } from 'mongodb';
import { WaymarkError } from '../../../shared/errors';
import { DAY_MS, HOUR_MS } from '../../../shared/time/units';
import { countHours } from '../compact/listHours';
import type { PropertyColumn } from '../format/columnEvent';
import { openBlock } from '../format/openBlock';
import { RecordedOrdinals } from '../format/ordinals';
import { DetailsWriter } from '../journeys/detailsWriter';
import { addChanges, followChanges, noChanges, type Changes } from '../live/follow';
import type { FolderLock } from '../store/folderLock';
import type { FolderStore } from '../store/folderStore';
import type { Manifest } from '../store/manifest';
import { DEFAULT_MAX_TIME_MS, type Source } from '../../source/source';
import type { Snapshot } from '../../source/snapshot';
import { SourceRun } from '../../source/sourceRun';
import { allInexact, buildWhole, putIdentities, putIds, putProfiles, type BuiltStore } from './buildStore';
import { dayOf, writeBlocks, type WrittenDays } from './writeBlocks';

const COMMENT = 'waymark columns build';

/** Details of more days than this beside those of everybody make journeys slow: the folder is built as a whole then. */
const MOST_DAYS_APART = 31;

/** Files of earlier builds stay so long, for those who read them. */
const UNNAMED_FILES_KEPT_MS = 30_000;

/** The named points between two effects of a step; its crash tests end it at each of them. */
export type FollowerPoint = 'follow.read' | 'follow.stored' | 'follow.published';

export interface StoreFollowerOptions {
  readonly source: Source;
  readonly store: FolderStore;
  readonly lock: FolderLock;
  readonly signal?: AbortSignal | undefined;
  readonly mostDaysApart?: number | undefined;
  readonly reached?: ((point: FollowerPoint) => void) | undefined;
  readonly onProgress?: ((events: number) => void) | undefined;
}

/** What a step has published. */
export interface FollowedStep {
  readonly manifest: Manifest;
  /** Changes that were new. */
  readonly changes: number;
  /** Days that were read again; null when all were. */
  readonly days: number | null;
  /** The folder holds the events of this moment; of the time it took when all days were read. */
  readonly at: Timestamp;
}

/** What is known between two steps; it counts as the folder's state from its publication on. */
interface Followed extends BuiltStore {
  /** Every change up to here, itself included, is in the folder. */
  readonly at: Timestamp;
}

/**
 * Keeps a folder up with the events of a database, with reading rights alone: reads all of them once, then the days
 * that the cluster's log tells to have changed. A step that dies leaves the build of before; who takes over begins by
 * reading everything.
 */
export class StoreFollower {
  readonly #options: StoreFollowerOptions;
  readonly #reached: (point: FollowerPoint) => void;
  #followed: Followed | null = null;

  constructor(options: StoreFollowerOptions) {
    this.#options = options;
    this.#reached = options.reached ?? (() => undefined);
  }

  /**
   * Brings the folder up to the present moment; null when nothing has changed.
   * @throws WaymarkError of the source; `badInput` where the cluster keeps no log, or has lost what changed: the step
   * after that reads everything
   */
  async step(): Promise<FollowedStep | null> {
    const { source, signal } = this.#options;
    const { collection } = source.mapping.events;
    const snapshot = await source.openSnapshot(collection, { comment: COMMENT, signal });
    const last = this.#followed;
    if (!last) return this.#buildWhole(snapshot, 0);
    const changes = await this.#changesSince(last, snapshot);
    if (changes.count === 0) {
      this.#followed = { ...last, at: snapshot.at };
      return null;
    }
    if (changes.reset || changes.rewritten) return this.#buildWhole(snapshot, changes.count);
    const run = this.#runAt(snapshot);
    const days = new Set([...changes.hours.keys()].map((hour) => dayOf(hour * HOUR_MS)));
    if (changes.removed) for (const day of await this.#shrunkDays(last.manifest, days, run)) days.add(day);
    const apart = new Set([...(last.manifest.detailsOfDays ?? []).map(({ start }) => start), ...days]);
    if (apart.size > (this.#options.mostDaysApart ?? MOST_DAYS_APART)) {
      return this.#buildWhole(snapshot, changes.count);
    }
    const followed = await this.#rebuild(last, run, snapshot, days, changes);
    return { manifest: followed.manifest, changes: changes.count, days: days.size, at: snapshot.at };
  }

  async #changesSince({ at, manifest }: Followed, snapshot: Snapshot): Promise<Changes> {
    const { source, signal } = this.#options;
    const changes = noChanges(at);
    const follow = { source, declared: manifest.properties, from: at, known: at, snapshot, signal };
    try {
      for await (const more of followChanges({ ...follow, comment: COMMENT })) addChanges(changes, more);
    } catch (error) {
      if (error instanceof WaymarkError && error.code === 'badInput') this.#followed = null;
      throw error;
    }
    return changes;
  }

  /** Reads everything as it comes, so no moment need be kept for so long: what changes meanwhile, the next step reads. */
  async #buildWhole(before: Snapshot, changes: number): Promise<FollowedStep> {
    const { source, store, lock, signal, onProgress } = this.#options;
    this.#followed = null;
    const run = new SourceRun(source, { comment: COMMENT, signal, maxTimeMs: DEFAULT_MAX_TIME_MS });
    const declared: readonly PropertyColumn[] = (await readableManifest(store))?.properties ?? [];
    const built = await buildWhole({ run, store, declared, now: new Date(), onProgress }, lock);
    this.#followed = { ...built, at: before.at };
    return { manifest: built.manifest, changes, days: null, at: before.at };
  }

  #runAt(snapshot: Snapshot): SourceRun {
    const { source, signal } = this.#options;
    return new SourceRun(source, { comment: COMMENT, signal, maxTimeMs: DEFAULT_MAX_TIME_MS, snapshot });
  }

  /**
   * Where the log tells of removals and not of their days: on a day that nothing else has changed, events can only have
   * become fewer, so those with as many as before are the same.
   */
  async #shrunkDays(manifest: Manifest, known: ReadonlySet<number>, run: SourceRun): Promise<number[]> {
    const left = new Map<number, number>();
    for (const [hour, events] of await countHours(run)) {
      const day = dayOf(hour * HOUR_MS);
      left.set(day, (left.get(day) ?? 0) + events);
    }
    const rows = new Map<number, number>();
    for (const block of manifest.blocks) rows.set(block.start, (rows.get(block.start) ?? 0) + block.rows);
    return [...rows].flatMap(([day, count]) => (known.has(day) || left.get(day) === count ? [] : [day]));
  }

  async #rebuild(
    last: Followed,
    run: SourceRun,
    snapshot: Snapshot,
    days: ReadonlySet<number>,
    changes: Changes,
  ): Promise<Followed> {
    const { store, lock } = this.#options;
    const { ordinals, manifest: old } = last;
    const users = new RecordedOrdinals(ordinals.users);
    const sessions = new RecordedOrdinals(ordinals.sessions);
    const written = await this.#writeDays(run, old, days, { users, sessions });
    this.#reached('follow.read');
    const kept = old.blocks.filter(({ start }) => !days.has(start));
    const inexact = new Map([...last.inexact].filter(([day]) => !days.has(day)).concat([...written.inexact]));
    const gone = await this.#idsGone(
      old.blocks.filter(({ start }) => days.has(start)),
      kept,
      {
        users: users.seen,
        sessions: sessions.seen,
      },
    );
    for (const ordinal of gone.users) ordinals.users.forget(ordinal);
    for (const ordinal of gone.sessions) ordinals.sessions.forget(ordinal);
    const manifest: Manifest = {
      ...old,
      builtAt: new Date().toISOString(),
      blocks: [...kept, ...written.blocks].sort((a, b) => a.start - b.start || a.end - b.end),
      detailsOfDays: [
        ...(old.detailsOfDays ?? []).filter(({ start }) => !days.has(start)),
        ...written.details,
      ].sort((a, b) => a.start - b.start),
      ...(days.size > 0 ? await putIds(store, ordinals) : {}),
      ...(changes.users ? { profiles: await putProfiles(run, store) } : {}),
      // Whether ids of both forms are about is told by the events too.
      ...(changes.identities ? { identities: await putIdentities(run, store) } : {}),
      inexact: allInexact(inexact),
    };
    this.#reached('follow.stored');
    if (run.signal?.aborted === true) throw new WaymarkError('cancelled', 'Following was cancelled.');
    await lock.assertHeld();
    await store.writeManifest(manifest);
    this.#followed = { manifest, ordinals, inexact, at: snapshot.at };
    this.#reached('follow.published');
    await store.sweep(manifest, UNNAMED_FILES_KEPT_MS);
    return this.#followed;
  }

  /** Reads days as they are at the run's moment, neighbours together. */
  async #writeDays(
    run: SourceRun,
    { properties: declared }: Manifest,
    days: ReadonlySet<number>,
    ordinals: { readonly users: RecordedOrdinals; readonly sessions: RecordedOrdinals },
  ): Promise<WrittenDays & { readonly details: NonNullable<Manifest['detailsOfDays']> }> {
    const { store, onProgress } = this.#options;
    const writers = new Map([...days].map((start) => [start, new DetailsWriter(store, 0)]));
    const blocks: Manifest['blocks'] = [];
    const inexact = new Map<number, Readonly<Record<string, string>>>();
    for (const range of runsOf(days)) {
      const written = await writeBlocks({
        run,
        store,
        declared,
        ordinals,
        range,
        details: async (event) => writers.get(dayOf(event.at))?.add(event),
        onProgress,
      });
      blocks.push(...written.blocks);
      for (const [day, columns] of written.inexact) inexact.set(day, columns);
    }
    const details: NonNullable<Manifest['detailsOfDays']> = [];
    for (const [start, writer] of writers) {
      for (const file of await writer.finish()) details.push({ start, ...file });
    }
    return { blocks, inexact, details };
  }

  /** Ordinals that blocks which go away had, and none of the new and of the kept ones has. */
  async #idsGone(
    old: Manifest['blocks'],
    kept: Manifest['blocks'],
    seen: { readonly users: ReadonlySet<number>; readonly sessions: ReadonlySet<number> },
  ): Promise<{ users: Set<number>; sessions: Set<number> }> {
    const { store } = this.#options;
    const gone = { users: new Set<number>(), sessions: new Set<number>() };
    for (const file of old) {
      const block = await openBlock(await store.get(file));
      for (const user of block.users()) if (!seen.users.has(user)) gone.users.add(user);
      for (const code of block.sessions()) {
        if (code > 0 && !seen.sessions.has(code - 1)) gone.sessions.add(code - 1);
      }
    }
    for (const file of kept) {
      if (gone.users.size + gone.sessions.size === 0) break;
      const block = await openBlock(await store.get(file));
      if (gone.users.size > 0) for (const user of block.users()) gone.users.delete(user);
      if (gone.sessions.size > 0) for (const code of block.sessions()) gone.sessions.delete(code - 1);
    }
    return gone;
  }
}

/** Null where there is none, or none that can be read: the next build makes it. */
async function readableManifest(store: FolderStore): Promise<Manifest | null> {
  return store.readManifest().catch(() => null);
}

/** Days as stretches of time without a gap. */
function runsOf(days: ReadonlySet<number>): { from: number; to: number }[] {
  const runs: { from: number; to: number }[] = [];
  for (const start of [...days].sort((a, b) => a - b)) {
    const last = runs[runs.length - 1];
    if (last?.to === start) last.to = start + DAY_MS;
    else runs.push({ from: start, to: start + DAY_MS });
  }
  return runs;
}
