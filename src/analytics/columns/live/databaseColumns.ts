import type { Document, Timestamp } from 'mongodb';
import { COLLECTIONS } from '../../../shared/model/collections';
import type { Mapping } from '../../../shared/model/mapping';
import { HOUR_MS } from '../../../shared/time/units';
import { loadIdentities, type IdentityMap } from '../../identity/identityMap';
import { SnapshotOutlived, type Snapshot } from '../../source/snapshot';
import { allDocuments, DEFAULT_MAX_TIME_MS, type Source } from '../../source/source';
import { SourceRun } from '../../source/sourceRun';
import { readEvents, readProfiles, type Inexact } from '../build/readEvents';
import type { ColumnEvent, PropertyColumn } from '../format/columnEvent';
import { canonicalJson } from '../../io/canonical';
import { PartGone, type ColumnSnapshot } from '../snapshot';
import {
  assembleSnapshot,
  keyOf,
  shapeOf,
  type Ids,
  type RawStretch,
  type Stretch,
} from './assembleSnapshot';
import { later, segmentsOf, withUnknownDays, type DaySegment } from './columnDay';
import { readBooks, type ColumnBooks, type IdsDocument } from './documents';
import { addChanges, followChanges, noChanges, type Changes } from './follow';
import { GrowingIds, idsOf } from './growingIds';
import { NoColumns } from './noColumns';
import { SharedWork } from './sharedWork';
import { StoredBlocks } from './storedBlocks';

/** More changes than this since the compactor's last look, or more rows to be read raw, and the pipeline is quicker. */
const MAX_TAIL = 50_000;
const MAX_RAW_ROWS = 1_000_000;

const COMMENT = 'waymark columns';

export interface SnapshotRequest {
  readonly signal?: AbortSignal | undefined;
  /**
   * When the question was asked by this machine's clock, ms, where that was before the call: a snapshot whose moment
   * was chosen since then serves as well. The moment of the call unless given.
   */
  readonly askedAt?: number | undefined;
}

/** Something read at a moment, which stays right until the next change of it. */
interface Dated<T> {
  readonly at: Timestamp;
  readonly value: T;
}

/**
 * The columns that a database holds, together with every event that no block holds yet: each snapshot is all events
 * as they were at one moment, not before the call that asked for it.
 *
 * Blocks are trusted only where the cluster's log shows that nothing changed in their hours since they were read;
 * all other hours are read from the events, at the same moment. So it matters neither who wrote an event nor how far
 * the compactor has come.
 */
export class DatabaseColumns {
  readonly #source: Source;
  readonly #home: Source;
  readonly #moments = new WeakMap<ColumnSnapshot, Snapshot>();
  #last: Promise<unknown> = Promise.resolve();
  /** The snapshot whose turn has not come yet. */
  #next: SharedWork<ColumnSnapshot> | null = null;
  /** The snapshot whose turn came last, and when it came, ms. */
  #latest: { readonly work: SharedWork<ColumnSnapshot>; readonly beganAt: number } | null = null;
  #lineage = '';
  /** What changed since the compactor's position that was met first. */
  #recent: Changes | null = null;
  /** Up to where `#recent` is complete, itself included. */
  #known: Timestamp | undefined;
  #raw = new Map<string, RawStretch>();
  readonly #blocks: StoredBlocks;
  /** The numbers given to ids since the lists were at these revisions. */
  #numberings = new Map<IdsDocument['_id'], { readonly revision: number; readonly ids: GrowingIds }>();
  #identities: Dated<IdentityMap> | null = null;
  #profiles: Dated<Promise<ReadonlyMap<string, Document>>> | null = null;

  /** @param database where the columns are kept; beside the events unless given */
  constructor(source: Source, database: string = source.database) {
    this.#source = source;
    this.#home = database === source.database ? source : source.inDatabase(database);
    this.#blocks = new StoredBlocks(this.#home);
  }

  /**
   * All events as they are now.
   * @throws NoColumns with the reason when there are none that can be trusted; WaymarkError of the source
   */
  snapshot(request: SnapshotRequest = {}): Promise<ColumnSnapshot> {
    const { askedAt = Infinity } = request;
    if (this.#latest && askedAt <= this.#latest.beganAt && !this.#latest.work.isGivenUp) {
      return this.#latest.work.wait(request.signal);
    }
    // Whoever asks before a moment is chosen may have the same one.
    if (!this.#next || this.#next.isGivenUp) {
      const own = new SharedWork((signal) => {
        // One after the other: what is remembered of one moment must not be mixed with another's.
        const turn = this.#last.then(() => {
          if (this.#next === own) this.#next = null;
          this.#latest = { work: own, beganAt: Date.now() };
          return this.#retry({ signal });
        });
        this.#last = turn.catch(() => {
          if (this.#latest?.work === own) this.#latest = null;
        });
        return turn;
      });
      this.#next = own;
    }
    return this.#next.wait(request.signal);
  }

  async #retry(request: SnapshotRequest): Promise<ColumnSnapshot> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#take(request);
      } catch (error) {
        const isPassing = error instanceof SnapshotOutlived || error instanceof PartGone;
        if (!isPassing || attempt >= 3) throw error;
      }
    }
  }

  /** The moment a snapshot holds the events of, while it is one of the newest. */
  momentOf(snapshot: ColumnSnapshot): Snapshot | undefined {
    return this.#moments.get(snapshot);
  }

  async #take({ signal }: SnapshotRequest): Promise<ColumnSnapshot> {
    const call = { comment: COMMENT, signal, maxTimeMs: DEFAULT_MAX_TIME_MS };
    const snapshot = await this.#open(call);
    const documents = await allDocuments(
      this.#home.find<Document>(COLLECTIONS.columnBuckets, {}, { ...call, snapshot }),
    );
    const books = readBooks(documents);
    if (!books) throw new NoColumns('no columns have been built');
    const changes = await this.#follow(books, snapshot, call);
    const days = withUnknownDays(books.days, changes.hours);
    const stretches = days.flatMap((day) =>
      segmentsOf(day, changes.hours).map((segment) => stretchOf(day.start, this.#avoidGone(segment))),
    );
    requireTrusted(books, changes, stretches);
    const run = new SourceRun(this.#source, { ...call, snapshot });
    const raw = await this.#readRaw(stretches, books.state.properties, run, snapshot.at, changes);
    const identities = await this.#readIdentities(
      run,
      snapshot,
      later(books.state.identitiesChanged ?? undefined, changes.identities),
    );
    const { users, sessions } = await this.#numberRaw(books, raw, signal);
    const usersChanged = later(books.state.usersChanged ?? undefined, changes.users);
    const assembled = assembleSnapshot({
      books,
      stretches,
      raw,
      identities,
      at: snapshot.at,
      usersChanged,
      users,
      sessions,
      blocks: this.#blocks,
      profiles: () => this.#readProfiles(snapshot, usersChanged),
    });
    this.#moments.set(assembled, snapshot);
    return assembled;
  }

  async #open(call: { comment: string; signal: AbortSignal | undefined }): Promise<Snapshot> {
    try {
      return await this.#home.openSnapshot(COLLECTIONS.columnBuckets, call);
    } catch (cause) {
      if (cause instanceof Error && 'code' in cause && cause.code === 'badInput') {
        // There is no moment of a collection that does not exist either.
        const found = await allDocuments(
          this.#home.find(COLLECTIONS.columnBuckets, {}, { ...call, limit: 1 }),
        );
        throw found.length === 0
          ? new NoColumns('no columns have been built')
          : new NoColumns(
              'the server keeps no history to read from, as a replica set of MongoDB 5.0 or newer does',
              { cause },
            );
      }
      throw cause;
    }
  }

  /** Brings what is known of changes up to the snapshot's moment. */
  async #follow(
    books: ColumnBooks,
    snapshot: Snapshot,
    call: { signal: AbortSignal | undefined },
  ): Promise<Changes> {
    const { state } = books;
    requireSame(books, this.#source);
    const { followed } = state;
    if (!followed || !state.complete) throw new NoColumns('the columns are being built for the first time');
    if (followed.greaterThan(snapshot.at)) {
      throw new NoColumns('the columns were built on another cluster; clear them and build them anew');
    }
    if (state.lineage !== this.#lineage) this.#forget(state.lineage);
    if (!this.#recent || followed.greaterThan(this.#recent.through)) this.#begin(followed);
    const recent = this.#recent ?? this.#begin(followed);
    const known = this.#known;
    const options = { ...call, comment: COMMENT, source: this.#source, declared: state.properties };
    try {
      for await (const more of followChanges({ ...options, from: recent.through, known, snapshot })) {
        addChanges(recent, more);
        if (recent.count > MAX_TAIL) {
          throw new NoColumns('too much has changed since the columns were last brought up to date');
        }
      }
    } catch (cause) {
      this.#recent = null;
      if (
        cause instanceof NoColumns ||
        !(cause instanceof Error && 'code' in cause && cause.code === 'badInput')
      ) {
        throw cause;
      }
      throw new NoColumns(
        'the cluster no longer knows what has changed since the columns were brought up to date',
        {
          cause,
        },
      );
    }
    this.#known = later(this.#known, snapshot.at);
    return recent;
  }

  #begin(followed: Timestamp): Changes {
    this.#known = undefined;
    // A removal that no hour knows of may lie between what was followed before and from now on.
    this.#raw = new Map();
    return (this.#recent = noChanges(followed));
  }

  #forget(lineage: string): void {
    this.#lineage = lineage;
    this.#recent = null;
    this.#raw = new Map();
    this.#blocks.forget();
    this.#numberings.clear();
    this.#identities = null;
    this.#profiles = null;
  }

  async #readRaw(
    stretches: readonly Stretch[],
    declared: readonly PropertyColumn[],
    run: SourceRun,
    at: Timestamp,
    changes: Changes,
  ): Promise<ReadonlyMap<string, RawStretch>> {
    const doubted = later(changes.removed, changes.rewritten);
    const dirty = stretches.filter(({ segment }) => segment.kind === 'dirty');
    const expected = dirty.reduce(
      (sum, { segment }) => sum + (segment.kind === 'dirty' ? segment.rows : 0),
      0,
    );
    const raw = new Map<string, RawStretch>();
    let rows = 0;
    for (const stretch of dirty) {
      const { segment, from, to } = stretch;
      if (segment.kind !== 'dirty') continue;
      const key = `${keyOf(stretch)} ${shapeOf(declared)}`;
      let read = this.#raw.get(key);
      const isSame = read?.changed.equals(segment.changed) === true && !doubted?.greaterThan(read.at);
      if (!read || !isSame) {
        const inexact: Inexact = new Map();
        const events: ColumnEvent[] = [];
        for await (const event of readEvents(run, declared, inexact, { range: { from, to } })) {
          events.push(event);
          if (rows + events.length > MAX_RAW_ROWS || expected > MAX_RAW_ROWS) {
            throw new NoColumns('too much has changed since the columns were last built');
          }
        }
        read = { changed: segment.changed, at, events, inexact };
      }
      rows += read.events.length;
      raw.set(key, read);
    }
    this.#raw = new Map(raw);
    return raw;
  }

  async #readIdentities(
    run: SourceRun,
    snapshot: Snapshot,
    lastChange: Timestamp | undefined,
  ): Promise<Dated<IdentityMap>> {
    const known = this.#identities;
    if (known && (!lastChange || known.at.greaterThanOrEqual(lastChange))) return known;
    this.#identities = { at: snapshot.at, value: await loadIdentities(run) };
    return this.#identities;
  }

  /** Numbers the ids of raw events: as the lists do, and new ones after them, the same until a list changes. */
  async #numberRaw(
    books: ColumnBooks,
    raw: ReadonlyMap<string, RawStretch>,
    signal: AbortSignal | undefined,
  ): Promise<{ users: Ids; sessions: Ids }> {
    this.#blocks.keepOnly([books.users, books.sessions]);
    const wanted = idsOf([...raw.values()].flatMap(({ events }) => events));
    const listOf = async (list: IdsDocument, ids: Set<string>): Promise<Ids> => {
      // Read by whichever report first names somebody, so not under this one's signal.
      if (ids.size === 0) return { size: list.size, numbering: null, texts: () => this.#blocks.ids(list) };
      let known = this.#numberings.get(list._id);
      if (known?.revision !== list.revision) {
        known = { revision: list.revision, ids: new GrowingIds(await this.#blocks.ids(list, signal)) };
        this.#numberings.set(list._id, known);
      }
      const numbering = known.ids;
      numbering.prepare(ids);
      return { size: list.size, numbering, texts: () => Promise.resolve(numbering.texts) };
    };
    return {
      users: await listOf(books.users, wanted.users),
      sessions: await listOf(books.sessions, wanted.sessions),
    };
  }

  /** A block that was lost is no answer, though nothing has changed in its hours. */
  #avoidGone(segment: DaySegment): DaySegment {
    if (segment.kind === 'dirty' || !segment.part.blocks.some(({ hash }) => this.#blocks.gone.has(hash))) {
      return segment;
    }
    const { from, to, since, rows } = segment.part;
    return { kind: 'dirty', from, to, changed: since, rows };
  }

  #readProfiles(
    snapshot: Snapshot,
    lastChange: Timestamp | undefined,
  ): Promise<ReadonlyMap<string, Document>> {
    const known = this.#profiles;
    if (known && (!lastChange || known.at.greaterThanOrEqual(lastChange))) return known.value;
    const read = async (): Promise<ReadonlyMap<string, Document>> => {
      // Without a signal: others wait for them too, when the report that asked first is cancelled.
      const run = new SourceRun(this.#source, { comment: COMMENT, maxTimeMs: DEFAULT_MAX_TIME_MS, snapshot });
      const profiles = new Map<string, Document>();
      for await (const { userId, document } of readProfiles(run)) profiles.set(userId, document);
      return profiles;
    };
    const value = read();
    this.#profiles = { at: snapshot.at, value };
    value.catch(() => {
      if (this.#profiles?.value === value) this.#profiles = null;
    });
    return value;
  }
}

function stretchOf(day: number, segment: DaySegment): Stretch {
  const { from, to } = segment.kind === 'stored' ? segment.part : segment;
  return { from: day + from * HOUR_MS, to: day + to * HOUR_MS, segment };
}

/** @throws NoColumns when they hold something else than what is asked of the source */
function requireSame({ state }: ColumnBooks, source: Source): void {
  const shape = ({ events, sessions, users, identities }: Mapping): string =>
    canonicalJson([events, sessions ?? null, users ?? null, identities ?? null]);
  if (state.database !== source.database)
    throw new NoColumns(`the columns are those of the database "${state.database}"`);
  if (shape(state.mapping) !== shape(source.mapping)) {
    throw new NoColumns(`the columns were built through the mapping "${state.mapping.name}"`);
  }
}

/** @throws NoColumns when some block may hold events that are gone and nothing tells which */
function requireTrusted({ state }: ColumnBooks, changes: Changes, stretches: readonly Stretch[]): void {
  if (changes.reset) throw new NoColumns('the collection of events was replaced');
  const doubted = [state.removed, state.rewritten, changes.removed, changes.rewritten].reduce<
    Timestamp | undefined
  >((last, at) => later(last, at ?? undefined), undefined);
  const isDoubtful = ({ segment }: Stretch): boolean =>
    segment.kind === 'stored' && doubted?.greaterThan(segment.part.since) === true;
  if (stretches.some(isDoubtful)) {
    throw new NoColumns('events were removed, and it takes a recount to know which blocks held them');
  }
}
