import type { Document } from 'mongodb';
import { splitByGap, type LooseEvents, type SessionFigures } from '../../kernels/sessions/split';
import { timeMatch } from '../../mapping/selection';
import { idText } from '../../mapping/storedText';
import {
  groupSessions,
  lastLooseByUser,
  listSessions,
  unpackSessions,
  type SessionPack,
  type SessionRow,
} from '../../pipeline/sessions';
import type { AnyRunContext } from '../context';
import { findEventIndex } from '../../source/eventIndexes';
import type { Slice } from '../slices';
import { joinLoose, looseOf, type SessionSelection, type Window } from './query';
import type { StoredSession } from './storedSessions';

const USERS_PER_QUERY = 10_000;
/** Ids of sessions named in one query: some two megabytes. */
const SESSIONS_PER_QUERY = 40_000;
/** Queries by id that the server works on at the same time. */
const PARALLEL = 2;

/** Asks what sessions did before and after the range in which they were found. */
export class SessionEdges {
  readonly #context: AnyRunContext;
  readonly #selection: SessionSelection;
  readonly #range: Slice;
  #hasEarlier: Promise<boolean> | undefined;

  constructor(context: AnyRunContext, selection: SessionSelection, range: Slice) {
    this.#context = context;
    this.#selection = selection;
    this.#range = range;
  }

  /** The last event without a session id of each canonical user just before the range, ms. */
  async lastLooseBefore(): Promise<Map<string, number>> {
    const { run, identities, mapping, sessionGapMs } = this.#context;
    const { from } = this.#range;
    const lasts = new Map<string, number>();
    const { stages } = this.#selection.grouping(
      { from: from - sessionGapMs, to: from },
      [this.#selection.looseOnly()],
      { withLoose: false },
    );
    for await (const batch of run.aggregateEvents<{ _id: unknown; b: Date | number }>(
      lastLooseByUser(mapping, stages, from),
      { purpose: 'events just before the range' },
    )) {
      for (const { _id, b } of batch) {
        const id = idText(_id);
        if (id === null) continue;
        const userId = identities.canonicalOf(id);
        const instant = b instanceof Date ? b.getTime() : from + b;
        lasts.set(userId, Math.max(instant, lasts.get(userId) ?? -Infinity));
      }
    }
    return lasts;
  }

  /**
   * Follows sessions without an id past the range's end, for their users alone, in ever larger steps, and
   * adds to each what it still did.
   */
  async continueOpen(open: Map<string, SessionFigures>): Promise<void> {
    const { sessionGapMs } = this.#context;
    let from = this.#range.to;
    let step = sessionGapMs * 4;
    while (open.size > 0 && (await this.#hasEvents({ from }))) {
      const to = from + step;
      const gathered = await this.#readLoose([...open.keys()], { from, to });
      for (const [userId, session] of [...open]) {
        const events = joinLoose(gathered.get(userId) ?? []);
        const sessions = splitByGap(userId, events, this.#range.from, sessionGapMs, session);
        if (sessions.length === 1 && to - session.end <= sessionGapMs) continue;
        open.delete(userId);
      }
      from = to;
      step *= 2;
    }
  }

  async #readLoose(users: readonly string[], window: Slice): Promise<Map<string, LooseEvents[]>> {
    const { run, identities } = this.#context;
    const selection = this.#selection;
    const gathered = new Map<string, LooseEvents[]>();
    for (let at = 0; at < users.length; at += USERS_PER_QUERY) {
      const named = selection.ofUsers(users.slice(at, at + USERS_PER_QUERY));
      const grouping = selection.grouping(window, [named, selection.looseOnly()], { withLoose: true });
      for await (const batch of run.aggregateEvents<SessionPack>(groupSessions(grouping), {
        purpose: 'sessions that go on after the range',
      })) {
        for (const row of batch.flatMap((pack) => [...unpackSessions(pack)])) {
          const id = idText(row.u);
          if (id === null) continue;
          const userId = identities.canonicalOf(id);
          const events = row.t ? looseOf(row.t, row.w) : await selection.streamLoose(grouping, row.u);
          const parts = gathered.get(userId);
          if (parts) parts.push(events);
          else gathered.set(userId, [events]);
        }
      }
    }
    return gathered;
  }

  /** Names the sessions that began before the range: those with an event of theirs before it. */
  async findEarlier(
    stored: readonly StoredSession[],
    strike: (userId: string, sessionId: string) => void,
  ): Promise<void> {
    if (stored.length === 0) return;
    this.#hasEarlier ??= this.#hasEvents({ to: this.#range.from });
    if (!(await this.#hasEarlier)) return;
    const { mapping, run, identities } = this.#context;
    await this.#eachOutside(stored, async (named, hint) => {
      const { stages } = this.#selection.grouping({ to: this.#range.from }, [named], { withLoose: false });
      const rows = run.aggregateEvents<{ _id: { u: unknown; s: unknown } }>(listSessions(mapping, stages), {
        purpose: 'sessions that began before the range',
        hint,
      });
      for await (const batch of rows) {
        for (const { _id } of batch) {
          const id = idText(_id.u);
          const sessionId = idText(_id.s);
          if (id !== null && sessionId !== null) strike(identities.canonicalOf(id), sessionId);
        }
      }
    });
  }

  /** Brings what sessions did after the range, row by row. */
  async readLater(
    stored: readonly StoredSession[],
    take: (userId: string, sessionId: string, row: SessionRow) => void,
  ): Promise<void> {
    if (stored.length === 0 || !(await this.#hasEvents({ from: this.#range.to }))) return;
    const { run, identities } = this.#context;
    await this.#eachOutside(stored, async (named, hint) => {
      const grouping = this.#selection.grouping({ from: this.#range.to }, [named], { withLoose: false });
      for await (const batch of run.aggregateEvents<SessionPack>(groupSessions(grouping), {
        purpose: 'events of these sessions after the range',
        hint,
      })) {
        for (const row of batch.flatMap((pack) => [...unpackSessions(pack)])) {
          const id = idText(row.u);
          const sessionId = idText(row.s);
          if (id !== null && sessionId !== null) take(identities.canonicalOf(id), sessionId, row);
        }
      }
    });
  }

  /** Asks about known sessions by id, in the order of the index that finds them, some at a time. */
  async #eachOutside(
    stored: readonly StoredSession[],
    ask: (named: Document, hint: string | undefined) => Promise<void>,
  ): Promise<void> {
    const path = this.#selection.sessionPath;
    if (path === undefined) return;
    const hint = await findEventIndex(this.#context.run, [path]);
    const ids = stored.map(({ rawId }) => rawId);
    // Neighbouring ids share pages of the index, and the server takes in sorted ones in half the time.
    if (ids.every((id) => typeof id === 'string')) ids.sort();
    const size = Math.min(SESSIONS_PER_QUERY, Math.ceil(ids.length / PARALLEL));
    const queries: Document[] = [];
    for (let at = 0; at < ids.length; at += size) queries.push({ [path]: { $in: ids.slice(at, at + size) } });
    const work = async (): Promise<void> => {
      for (let named = queries.shift(); named !== undefined; named = queries.shift()) await ask(named, hint);
    };
    await Promise.all(Array.from({ length: PARALLEL }, work));
  }

  async #hasEvents(window: Window): Promise<boolean> {
    const { run, mapping } = this.#context;
    const match = timeMatch(mapping.events.fields.timestamp, window.from, window.to);
    const found = run.find(mapping.events.collection, match, {
      limit: 1,
      projection: { _id: 1 },
      purpose: 'whether there are events outside the range',
    });
    for await (const batch of found) if (batch.length > 0) return true;
    return false;
  }
}
