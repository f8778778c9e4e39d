import type { Document } from 'mongodb';
import { NONE } from '../../kernels/series';
import {
  mergeSession,
  splitByGap,
  type LooseEvents,
  type SessionFigures,
} from '../../kernels/sessions/split';
import { timeMatch } from '../../mapping/selection';
import { idText, valueText } from '../../mapping/storedText';
import type { Packs } from '../../pipeline/packs';
import {
  groupSessions,
  unpackSessions,
  type SessionGrouping,
  type SessionPack,
  type SessionRow,
} from '../../pipeline/sessions';
import type { AnyRunContext } from '../context';
import { findCovering, type Covering } from '../covering';
import { findHeavyUsers, isMemoryLimit } from '../heavyUsers';
import { findEventIndex } from '../../source/eventIndexes';
import { packsOf, readSliced, sliceRange, type Slice } from '../slices';
import { SessionEdges } from './edges';
import { joinLoose, looseOf, SessionSelection, type SessionQuery } from './query';
import { StoredSessions, type StoredSession } from './storedSessions';

/** More than are read at a time, so that edges are asked for and rows taken in while others are read. */
const SLICES = 4;

/** Gathers the sessions of one period. */
class SessionGatherer {
  readonly #context: AnyRunContext;
  readonly #query: SessionQuery;
  readonly #selection: SessionSelection;
  readonly #edges: SessionEdges;
  readonly #range: Slice;
  readonly #stored = new StoredSessions();
  readonly #done: SessionFigures[] = [];
  readonly #waiting = new Map<string, LooseEvents[]>();
  /** The last session without an id of each user whose later events may lie after the range. */
  readonly #open = new Map<string, SessionFigures>();
  /** Questions under way about sessions that may have begun before the range. */
  readonly #asked: Promise<void>[] = [];
  #lastBefore: ReadonlyMap<string, number> = new Map<string, number>();
  #covering: Covering | undefined;

  constructor(context: AnyRunContext, query: SessionQuery) {
    this.#context = context;
    this.#query = query;
    this.#range = { from: query.range.from, to: query.range.to };
    this.#selection = new SessionSelection(context, query);
    this.#edges = new SessionEdges(context, this.#selection, this.#range);
  }

  async gather(): Promise<SessionFigures[]> {
    const { compiled, event, value, users } = this.#query;
    // Few users are found quicker by an index that begins with them.
    if ((value ?? null) === null && !users && compiled.filters.usersMatch.length === 0) {
      this.#covering = await findCovering(this.#context, compiled, {
        ...(event?.isTypeOnly === false ? { event } : {}),
        sessions: true,
      });
    }
    const withLoose = await this.#hasLoose();
    if (withLoose) this.#lastBefore = await this.#edges.lastLooseBefore();
    await this.#readRange(withLoose);
    for (const [userId, parts] of this.#waiting) this.#splitLoose(userId, joinLoose(parts));
    const open = [...this.#open.values()];
    await this.#edges.continueOpen(this.#open);
    await Promise.all(this.#asked);
    const stored = this.#stored.begunInRange();
    await this.#edges.readLater(this.#unfinished(stored), (userId, sessionId, row) => {
      const known = this.#stored.get(userId, sessionId)?.figures;
      if (known) mergeSession(known, this.#figuresOf(userId, sessionId, row));
    });
    const found: SessionFigures[] = [];
    for (const { figures } of stored) if (figures.matched > 0) found.push(figures);
    for (const session of [...this.#done, ...open]) if (session.matched > 0) found.push(session);
    return found;
  }

  /** Whether events of the range lack a session id; assumed where no index can tell quickly. */
  async #hasLoose(): Promise<boolean> {
    const { run, mapping } = this.#context;
    const { sessionId, timestamp } = mapping.events.fields;
    if (sessionId === undefined || mapping.events.unwind !== undefined) return true;
    const hint = await findEventIndex(run, [sessionId, timestamp.path]);
    if (hint === undefined) return true;
    const found = run.find(
      mapping.events.collection,
      { [sessionId]: null, ...timeMatch(timestamp, this.#range.from, this.#range.to) },
      { limit: 1, projection: { _id: 1 }, purpose: 'whether events lack a session id', hint },
    );
    for await (const batch of found) if (batch.length > 0) return true;
    return false;
  }

  /** Reads the events of the range, unfiltered: what a session is does not depend on the filters. */
  async #readRange(withLoose: boolean): Promise<void> {
    const users = [...this.#query.compiled.filters.usersMatch, ...this.#selection.namedUsers()];
    const packs = this.#query.users ? null : packsOf(this.#context);
    try {
      await this.#readSlices(users, withLoose, packs);
      return;
    } catch (error) {
      if (!isMemoryLimit(error) || (packs === null && !withLoose)) throw error;
    }
    this.#restart();
    try {
      await this.#readSlices(users, withLoose, null);
    } catch (error) {
      if (!isMemoryLimit(error) || !withLoose) throw error;
      this.#restart();
      const { run, mapping } = this.#context;
      const path = mapping.events.fields.userId;
      const { stages } = this.#selection.grouping(this.#range, users, { withLoose: false });
      const heavy = await findHeavyUsers(run, stages);
      await this.#readSlices([...users, { [path]: { $nin: heavy } }], true, null);
      await this.#readSlices([...users, { [path]: { $in: heavy } }], false, null);
    }
  }

  #restart(): void {
    this.#stored.clear();
    this.#waiting.clear();
    this.#done.length = 0;
    this.#open.clear();
    this.#query.onRestart?.();
  }

  async #readSlices(matches: readonly Document[], withLoose: boolean, packs: Packs): Promise<void> {
    const slices = this.#query.users ? [this.#range] : sliceRange(this.#context, this.#range, SLICES);
    const { extras } = this.#query;
    const all = this.#covering ? [this.#covering.match, ...matches] : matches;
    await readSliced(slices, async (slice) => {
      const grouping = this.#selection.grouping(slice, all, { withLoose, extras, packs });
      const fresh = await this.#readRows(grouping, slices.length > 1);
      // The server looks behind the range for some while others are still read.
      const asked = this.#edges.findEarlier(fresh, (userId, sessionId) => {
        const session = this.#stored.get(userId, sessionId);
        if (session) session.beganBefore = true;
      });
      asked.catch(() => undefined);
      this.#asked.push(asked);
    });
  }

  /** @returns the sessions with an id that were not known before */
  async #readRows(grouping: SessionGrouping, isSliced: boolean): Promise<StoredSession[]> {
    const fresh: StoredSession[] = [];
    const { run, identities } = this.#context;
    const { onRow, compiled } = this.#query;
    const heavy: { raw: unknown; userId: string }[] = [];
    for await (const batch of run.aggregateEvents<SessionPack>(groupSessions(grouping), {
      purpose: 'sessions',
      hint: this.#covering?.hint,
    })) {
      for (const pack of batch) {
        for (const row of unpackSessions(pack)) {
          const id = idText(row.u);
          if (id === null) continue;
          const userId = identities.canonicalOf(id);
          if (!compiled.filters.acceptsUser(userId)) continue;
          onRow?.(userId, row);
          const sessionId = idText(row.s);
          if (sessionId !== null) {
            const added = this.#stored.take(sessionId, this.#figuresOf(userId, sessionId, row), row.s);
            if (added) fresh.push(added);
          } else if (row.t === null || row.t === undefined) heavy.push({ raw: row.u, userId });
          else this.#addLoose(userId, isSliced || identities.isMerged(id), looseOf(row.t, row.w));
        }
      }
    }
    for (const { raw, userId } of heavy) {
      this.#addLoose(userId, true, await this.#selection.streamLoose(grouping, raw));
    }
    return fresh;
  }

  #figuresOf(userId: string, sessionId: string, row: SessionRow): SessionFigures {
    const { from } = this.#range;
    return {
      userId,
      sessionId,
      start: from + row.a,
      end: from + (row.b ?? row.a),
      events: row.n ?? 1,
      pageViews: row.p ?? 0,
      matched: row.m ?? row.n ?? 1,
      matchedPageViews: row.mp ?? 0,
      matchedPurchases: row.mb ?? 0,
      firstMatch: row.ma == null ? Infinity : from + row.ma,
      lastMatch: row.mz == null ? -Infinity : from + row.mz,
      values: row.v ? new Set(row.v.map((value) => valueText(value) ?? NONE)) : undefined,
    };
  }

  /** The sessions of which something that is asked for may lie after the range. */
  #unfinished(stored: readonly StoredSession[]): readonly StoredSession[] {
    const { startsOnly, value } = this.#query;
    if (startsOnly !== true || (value ?? null) !== null) return stored;
    return stored.filter(({ figures }) => figures.matched === 0);
  }

  #addLoose(userId: string, mustWait: boolean, events: LooseEvents): void {
    const parts = this.#waiting.get(userId);
    if (parts) parts.push(events);
    else if (mustWait) this.#waiting.set(userId, [events]);
    else this.#splitLoose(userId, events);
  }

  /** Keeps the sessions that began in the range; the last stays open when later events may continue it. */
  #splitLoose(userId: string, events: LooseEvents): void {
    const { sessionGapMs } = this.#context;
    const sessions = splitByGap(userId, events, this.#range.from, sessionGapMs);
    const last = sessions[sessions.length - 1];
    const before = this.#lastBefore.get(userId);
    sessions.forEach((session, index) => {
      const beganBefore = index === 0 && before !== undefined && session.start - before <= sessionGapMs;
      if (beganBefore) return;
      if (session === last && this.#range.to - session.end <= sessionGapMs) this.#open.set(userId, session);
      else this.#done.push(session);
    });
  }
}

/**
 * The sessions whose first event over the user's whole history lies in the range and of which at least one
 * event matches the report's filters (and the event given). Durations and counts look at all their events,
 * wherever these lie. A session with an id is one of (canonical user, id).
 */
export function gatherSessions(context: AnyRunContext, query: SessionQuery): Promise<SessionFigures[]> {
  return new SessionGatherer(context, query).gather();
}
