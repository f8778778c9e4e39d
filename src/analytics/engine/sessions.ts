import type { Document } from 'mongodb';
import type { ResolvedRange } from '../../shared/time/range';
import { storedIdForms } from '../filters/conditions';
import type { EventPredicate } from '../filters/predicates';
import { NONE } from '../kernels/series';
import { mergeSession, splitByGap, type LooseEvents, type SessionFigures } from '../kernels/sessions/split';
import type { Expression, LookupOrigin } from '../mapping/fields';
import { selectEvents, timeMatch } from '../mapping/selection';
import { idText, valueText } from '../mapping/storedText';
import {
  groupSessions,
  lastLooseByUser,
  listLoose,
  listSessions,
  type SessionGrouping,
  type SessionRow,
} from '../pipeline/sessions';
import type { AnyRunContext, CompiledReport } from './context';
import { findHeavyUsers, isMemoryLimit } from './heavyUsers';
import { findEventIndex } from './indexes';
import { sliceRange, type Slice } from './slices';

export interface SessionQuery {
  readonly range: ResolvedRange;
  readonly compiled: CompiledReport;
  /** A session counts when one of its events matches this too. */
  readonly event?: EventPredicate;
  /** The breakdown's value on an event. */
  readonly value?: Expression;
  readonly valueLookups?: readonly LookupOrigin[];
  /** Only these canonical users. */
  readonly users?: readonly string[];
  /** Whether page views are counted. */
  readonly withPageViews?: boolean;
  /** Whether the matching events are told apart by role and instant. */
  readonly withDetails?: boolean;
  /** Further accumulators over the events of the range, and who takes each row's. */
  readonly extras?: Document;
  readonly onRow?: (canonicalId: string, row: SessionRow & Document) => void;
  /** Told when rows given so far do not count, since reading begins anew. */
  readonly onRestart?: () => void;
}

/** A session with an id, with the id as it is stored. */
interface StoredSession {
  readonly figures: SessionFigures;
  readonly rawId: unknown;
}

const BATCH = 10_000;

/** Gathers the sessions of one period. */
class SessionGatherer {
  readonly #context: AnyRunContext;
  readonly #query: SessionQuery;
  readonly #range: Slice;
  readonly #stored = new Map<string, StoredSession>();
  readonly #done: SessionFigures[] = [];
  readonly #waiting = new Map<string, LooseEvents[]>();
  readonly #open = new Map<string, SessionFigures>();
  /** The last event without a session id of each user just before the range. */
  readonly #lastBefore = new Map<string, number>();
  readonly #sessionPath: string | undefined;

  constructor(context: AnyRunContext, query: SessionQuery) {
    this.#context = context;
    this.#query = query;
    this.#range = { from: query.range.from, to: query.range.to };
    this.#sessionPath = context.mapping.events.fields.sessionId;
  }

  async gather(): Promise<SessionFigures[]> {
    const withLoose = await this.#hasLoose();
    if (withLoose) await this.#readLastBefore();
    await this.#readRange(withLoose);
    for (const [userId, parts] of this.#waiting) this.#splitLoose(userId, joinLoose(parts));
    if (this.#open.size > 0) await this.#continueOpen();
    await Promise.all([this.#dropEarlier(), this.#addLater()]);
    const found: SessionFigures[] = [];
    for (const { figures } of this.#stored.values()) if (figures.matched > 0) found.push(figures);
    for (const session of this.#done) if (session.matched > 0) found.push(session);
    return found;
  }

  #grouping(
    window: { from?: number; to?: number },
    matches: readonly Document[],
    options: { withLoose: boolean; extras?: Document | undefined },
  ): SessionGrouping {
    const { compiled, event, value, valueLookups } = this.#query;
    const { events } = compiled.filters;
    const conditions = [events.expr, event?.expr ?? true].filter((expr) => expr !== true);
    const { mapping } = this.#context;
    const [only = true] = conditions;
    return {
      mapping,
      stages: selectEvents(mapping, {
        ...window,
        matches,
        lookups: [...events.lookups, ...(event?.lookups ?? []), ...(valueLookups ?? [])],
      }),
      matches: conditions.length > 1 ? { $and: conditions } : only,
      value: value ?? null,
      origin: this.#range.from,
      withPageViews: this.#query.withPageViews === true,
      withDetails: this.#query.withDetails === true,
      withLoose: options.withLoose,
      ...(options.extras ? { extras: options.extras } : {}),
    };
  }

  /** Whether events of the range lack a session id; assumed where no index can tell quickly. */
  async #hasLoose(): Promise<boolean> {
    const { run, mapping } = this.#context;
    const { sessionId, timestamp } = mapping.events.fields;
    if (sessionId === undefined || mapping.events.unwind !== undefined) return true;
    const hint = await findEventIndex(run, [sessionId, timestamp.path]);
    if (hint === undefined) return true;
    const match = { [sessionId]: null, ...timeMatch(timestamp, this.#range.from, this.#range.to) };
    return this.#exists(match, hint, 'whether events lack a session id');
  }

  #namedUsers(): Document[] {
    const { users } = this.#query;
    if (!users) return [];
    const { identities, mapping } = this.#context;
    const forms = users.flatMap((id) => identities.allIdsOf(id).flatMap(storedIdForms));
    return [{ [mapping.events.fields.userId]: { $in: forms } }];
  }

  #looseOnly(): Document {
    return this.#sessionPath === undefined ? {} : { [this.#sessionPath]: null };
  }

  async #readLastBefore(): Promise<void> {
    const { run, identities, mapping, sessionGapMs } = this.#context;
    const { from } = this.#range;
    const stages = selectEvents(mapping, {
      from: from - sessionGapMs,
      to: from,
      matches: [this.#looseOnly()],
    });
    for await (const batch of run.aggregateEvents<{ _id: unknown; b: Date | number }>(
      lastLooseByUser(mapping, stages, from),
      { purpose: 'events just before the range' },
    )) {
      for (const { _id, b } of batch) {
        const id = idText(_id);
        if (id === null) continue;
        const userId = identities.canonicalOf(id);
        this.#lastBefore.set(userId, Math.max(this.#instant(b), this.#lastBefore.get(userId) ?? -Infinity));
      }
    }
  }

  #instant(stored: Date | number): number {
    return stored instanceof Date ? stored.getTime() : this.#range.from + stored;
  }

  /** Reads the events of the range, unfiltered: what a session is does not depend on the filters. */
  async #readRange(withLoose: boolean): Promise<void> {
    const { run, mapping } = this.#context;
    const { extras } = this.#query;
    const users = [...this.#query.compiled.filters.usersMatch, ...this.#namedUsers()];
    const slices = this.#query.users ? [this.#range] : sliceRange(this.#context, this.#range);
    const readSlices = (matches: readonly Document[], loose: boolean): Promise<unknown> =>
      Promise.all(
        slices.map((slice) =>
          this.#readRows(this.#grouping(slice, matches, { withLoose: loose, extras }), slices.length > 1),
        ),
      );
    if (!withLoose) {
      await readSlices(users, false);
      return;
    }
    try {
      await readSlices(users, true);
    } catch (error) {
      if (!isMemoryLimit(error)) throw error;
      this.#stored.clear();
      this.#waiting.clear();
      this.#done.length = 0;
      this.#open.clear();
      this.#query.onRestart?.();
      const path = mapping.events.fields.userId;
      const heavy = await findHeavyUsers(
        run,
        this.#grouping(this.#range, users, { withLoose: false }).stages,
      );
      await readSlices([...users, { [path]: { $nin: heavy } }], true);
      await readSlices([...users, { [path]: { $in: heavy } }], false);
    }
  }

  async #readRows(grouping: SessionGrouping, isSliced: boolean): Promise<void> {
    const { run, identities } = this.#context;
    const { onRow, compiled } = this.#query;
    const heavy: { raw: unknown; userId: string }[] = [];
    for await (const batch of run.aggregateEvents<SessionRow & Document>(groupSessions(grouping), {
      purpose: 'sessions',
    })) {
      for (const row of batch) {
        const id = idText(row._id.u);
        if (id === null) continue;
        const userId = identities.canonicalOf(id);
        if (!compiled.filters.acceptsUser(userId)) continue;
        onRow?.(userId, row);
        const sessionId = idText(row._id.s);
        if (sessionId !== null) this.#addStored(userId, sessionId, row);
        else if (row.t === null || row.t === undefined) heavy.push({ raw: row._id.u, userId });
        else this.#addLoose(userId, isSliced || identities.isMerged(id), this.#looseOf(row.t, row.w));
      }
    }
    for (const { raw, userId } of heavy) {
      this.#addLoose(userId, true, await this.#streamLoose(grouping, raw));
    }
  }

  #looseOf(packed: readonly number[], values: readonly unknown[] | null | undefined): LooseEvents {
    return values ? { packed, values: values.map(valueText) } : { packed };
  }

  /** The events of a user who has too many for one document, one by one. */
  async #streamLoose(grouping: SessionGrouping, rawUser: unknown): Promise<LooseEvents> {
    const { run, mapping } = this.#context;
    const pipeline = [{ $match: { [mapping.events.fields.userId]: rawUser } }, ...listLoose(grouping)];
    const packed: number[] = [];
    const values: (string | null)[] = [];
    for await (const batch of run.aggregateEvents<{ t: number; w?: unknown }>(pipeline, {
      purpose: 'events of one user with very many',
    })) {
      for (const { t, w } of batch) {
        packed.push(t);
        if (grouping.value !== null) values.push(valueText(w));
      }
    }
    return grouping.value === null ? { packed } : { packed, values };
  }

  #figuresOf(userId: string, sessionId: string, row: SessionRow): SessionFigures {
    return {
      userId,
      sessionId,
      start: this.#instant(row.a),
      end: this.#instant(row.b),
      events: row.n,
      pageViews: row.p ?? 0,
      matched: row.m ?? row.n,
      matchedPageViews: row.mp ?? 0,
      matchedPurchases: row.mb ?? 0,
      firstMatch: row.ma == null ? Infinity : this.#instant(row.ma),
      lastMatch: row.mz == null ? -Infinity : this.#instant(row.mz),
      values: row.v ? new Set(row.v.map((value) => valueText(value) ?? NONE)) : undefined,
    };
  }

  #addStored(userId: string, sessionId: string, row: SessionRow): void {
    const key = `${sessionId}\0${userId}`;
    const figures = this.#figuresOf(userId, sessionId, row);
    const known = this.#stored.get(key);
    if (known) mergeSession(known.figures, figures);
    else this.#stored.set(key, { figures, rawId: row._id.s });
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

  /** Follows sessions past the range's end, for their users alone, in ever larger steps. */
  async #continueOpen(): Promise<void> {
    const { sessionGapMs } = this.#context;
    let from = this.#range.to;
    let step = sessionGapMs * 4;
    while (this.#open.size > 0 && (await this.#hasEvents({ from }))) {
      const to = from + step;
      const gathered = await this.#readOpenUsers({ from, to });
      for (const [userId, open] of [...this.#open]) {
        const events = joinLoose(gathered.get(userId) ?? []);
        const sessions = splitByGap(userId, events, this.#range.from, sessionGapMs, open);
        if (sessions.length === 1 && to - open.end <= sessionGapMs) continue;
        this.#open.delete(userId);
        this.#done.push(open);
      }
      from = to;
      step *= 2;
    }
    this.#done.push(...this.#open.values());
    this.#open.clear();
  }

  async #readOpenUsers(window: Slice): Promise<Map<string, LooseEvents[]>> {
    const { run, identities, mapping } = this.#context;
    const users = [...this.#open.keys()];
    const gathered = new Map<string, LooseEvents[]>();
    for (let at = 0; at < users.length; at += BATCH) {
      const ids = users.slice(at, at + BATCH).flatMap((id) => identities.allIdsOf(id).flatMap(storedIdForms));
      const grouping = this.#grouping(
        window,
        [{ [mapping.events.fields.userId]: { $in: ids } }, this.#looseOnly()],
        { withLoose: true },
      );
      for await (const batch of run.aggregateEvents<SessionRow>(groupSessions(grouping), {
        purpose: 'sessions that go on after the range',
      })) {
        for (const row of batch) {
          const id = idText(row._id.u);
          if (id === null) continue;
          const userId = identities.canonicalOf(id);
          const events = row.t ? this.#looseOf(row.t, row.w) : await this.#streamLoose(grouping, row._id.u);
          const parts = gathered.get(userId);
          if (parts) parts.push(events);
          else gathered.set(userId, [events]);
        }
      }
    }
    return gathered;
  }

  #hasEvents(window: { from?: number; to?: number }): Promise<boolean> {
    const match = timeMatch(this.#context.mapping.events.fields.timestamp, window.from, window.to);
    return this.#exists(match, undefined, 'whether there are events outside the range');
  }

  async #exists(match: Document, hint: string | undefined, purpose: string): Promise<boolean> {
    const { run, mapping } = this.#context;
    const found = run.find(mapping.events.collection, match, {
      limit: 1,
      projection: { _id: 1 },
      purpose,
      hint,
    });
    for await (const batch of found) if (batch.length > 0) return true;
    return false;
  }

  /** Drops sessions that began before the range: those with an event of theirs before it. */
  async #dropEarlier(): Promise<void> {
    if (this.#stored.size === 0 || !(await this.#hasEvents({ to: this.#range.from }))) return;
    const { mapping } = this.#context;
    await this.#readOutside(
      { to: this.#range.from },
      (grouping) => listSessions(mapping, grouping.stages),
      (key) => this.#stored.delete(key),
    );
  }

  /** Adds what sessions did after the range. */
  async #addLater(): Promise<void> {
    if (this.#stored.size === 0 || !(await this.#hasEvents({ from: this.#range.to }))) return;
    await this.#readOutside({ from: this.#range.to }, groupSessions, (key, row) => {
      const figures = this.#stored.get(key)?.figures;
      if (figures) mergeSession(figures, this.#figuresOf(figures.userId, figures.sessionId ?? '', row));
    });
  }

  /** Rows of the known sessions outside the range, asked for by id where an index finds them. */
  async #readOutside(
    window: { from?: number; to?: number },
    build: (grouping: SessionGrouping) => Document[],
    take: (key: string, row: SessionRow) => void,
  ): Promise<void> {
    const { run, identities } = this.#context;
    const path = this.#sessionPath;
    if (path === undefined) return;
    const hint = await findEventIndex(run, [path]);
    const raw = [...this.#stored.values()].map(({ rawId }) => rawId);
    const size = hint === undefined ? 20 * BATCH : BATCH;
    for (let at = 0; at < raw.length; at += size) {
      const ids = raw.slice(at, at + size);
      const grouping = this.#grouping(window, [{ [path]: { $in: ids } }], { withLoose: false });
      for await (const batch of run.aggregateEvents<SessionRow>(build(grouping), {
        purpose: 'events of these sessions outside the range',
        hint,
      })) {
        for (const row of batch) {
          const id = idText(row._id.u);
          const sessionId = idText(row._id.s);
          if (id !== null && sessionId !== null) take(`${sessionId}\0${identities.canonicalOf(id)}`, row);
        }
      }
    }
  }
}

function joinLoose(parts: readonly LooseEvents[]): LooseEvents {
  const [first] = parts;
  if (parts.length === 1 && first) return first;
  const packed = parts.flatMap((part) => Array.from(part.packed));
  return first?.values
    ? { packed, values: parts.flatMap((part) => Array.from(part.values ?? [])) }
    : { packed };
}

/**
 * The sessions whose first event over the user's whole history lies in the range and of which at least one
 * event matches the report's filters (and the event given). Durations and counts look at all their events,
 * wherever these lie. A session with an id is one of (canonical user, id).
 */
export function gatherSessions(context: AnyRunContext, query: SessionQuery): Promise<SessionFigures[]> {
  return new SessionGatherer(context, query).gather();
}
