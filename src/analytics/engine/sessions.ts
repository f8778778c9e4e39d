import type { Document } from 'mongodb';
import type { ResolvedRange } from '../../shared/time/range';
import type { EventPredicate } from '../filters/predicates';
import { isInNoSession, sessionMatch } from '../mapping/sessionMatch';
import type { Expression, LookupOrigin } from '../mapping/fields';
import { selectEvents, timeMatch } from '../mapping/selection';
import { idText, valueText } from '../mapping/storedText';
import { NONE } from '../kernels/series';
import { mergeSession, splitByGap, type LooseEvents, type SessionFigures } from '../kernels/sessions/split';
import { groupSessions, listLoose, type SessionGrouping, type SessionRow } from '../pipeline/sessions';
import type { CompiledReport, AnyRunContext } from './context';
import { findHeavyUsers, isMemoryLimit } from './heavyUsers';
import { findEventIndex } from './indexes';
import { storedIdForms } from '../filters/conditions';

export interface SessionQuery {
  readonly range: ResolvedRange;
  readonly compiled: CompiledReport;
  /** A session counts when one of its events matches this too. */
  readonly event?: EventPredicate;
  /** The breakdown's value on an event. */
  readonly value?: Expression;
  readonly valueLookups?: readonly LookupOrigin[];
  /** Further accumulators over the events of the window, and who takes each row's. */
  readonly extras?: Document;
  readonly onRow?: (canonicalId: string, row: SessionRow & Document) => void;
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
  readonly #windowStart: number;
  readonly #windowEnd: number;
  readonly #stored = new Map<string, StoredSession>();
  readonly #done: SessionFigures[] = [];
  readonly #waiting = new Map<string, LooseEvents[]>();
  readonly #open = new Map<string, SessionFigures>();

  constructor(context: AnyRunContext, query: SessionQuery) {
    this.#context = context;
    this.#query = query;
    this.#windowStart = query.range.from - context.sessionGapMs;
    this.#windowEnd = query.range.to + context.sessionGapMs;
  }

  async gather(): Promise<SessionFigures[]> {
    await this.#readWindow();
    for (const [userId, parts] of this.#waiting) this.#splitLoose(userId, joinLoose(parts));
    await this.#continueOpen();
    const { from, to } = this.#query.range;
    for (const [key, { figures }] of this.#stored) {
      if (figures.start < from || figures.start >= to) this.#stored.delete(key);
    }
    await this.#dropEarlier();
    await this.#addLater();
    const stored = [...this.#stored.values()].map(({ figures }) => figures);
    return [...stored, ...this.#done].filter(
      ({ start, matched }) => start >= from && start < to && matched > 0,
    );
  }

  #grouping(window: { from?: number; to?: number }, matches: readonly Document[]): SessionGrouping {
    const { compiled, event, value, valueLookups, extras } = this.#query;
    const { events } = compiled.filters;
    const conditions = [events.expr, event?.expr ?? true].filter((expr) => expr !== true);
    const { mapping } = this.#context;
    return {
      mapping,
      stages: selectEvents(mapping, {
        ...window,
        matches,
        lookups: [...events.lookups, ...(event?.lookups ?? []), ...(valueLookups ?? [])],
      }),
      matches:
        conditions.length === 0
          ? true
          : conditions.length === 1
            ? (conditions[0] ?? true)
            : { $and: conditions },
      value: value ?? null,
      origin: this.#windowStart,
      ...(extras ? { extras } : {}),
    };
  }

  /** One pass over the events of the window, unfiltered: what a session is does not depend on the filters. */
  async #readWindow(): Promise<void> {
    const { run, mapping } = this.#context;
    const window = { from: this.#windowStart, to: this.#windowEnd };
    const users = this.#query.compiled.filters.usersMatch;
    const grouping = this.#grouping(window, users);
    try {
      await this.#readRows(grouping, true);
    } catch (error) {
      if (!isMemoryLimit(error)) throw error;
      const heavy = await findHeavyUsers(run, grouping.stages);
      const path = mapping.events.fields.userId;
      await this.#readRows(this.#grouping(window, [...users, { [path]: { $nin: heavy } }]), true);
      await this.#readRows(this.#grouping(window, [...users, { [path]: { $in: heavy } }]), false);
    }
  }

  async #readRows(grouping: SessionGrouping, withTimes: boolean): Promise<void> {
    const { run, identities } = this.#context;
    const rows = run.aggregateEvents<SessionRow & Document>(groupSessions(grouping, withTimes), {
      purpose: 'sessions',
    });
    const heavy: { raw: unknown; userId: string }[] = [];
    for await (const batch of rows) {
      for (const row of batch) {
        const id = idText(row._id.u);
        if (id === null) continue;
        const userId = identities.canonicalOf(id);
        if (!this.#query.compiled.filters.acceptsUser(userId)) continue;
        this.#query.onRow?.(userId, row);
        const sessionId = idText(row._id.s);
        if (sessionId !== null) this.#addStored(userId, sessionId, row);
        else if (row.t === null || row.t === undefined) heavy.push({ raw: row._id.u, userId });
        else this.#addLoose(userId, identities.isMerged(id), this.#looseOf(row.t, row.w));
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
      start: this.#windowStart + row.a,
      end: this.#windowStart + row.b,
      events: row.n,
      pageViews: row.p,
      matched: row.m ?? row.n,
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
    if (!mustWait && !this.#waiting.has(userId)) {
      this.#splitLoose(userId, events);
      return;
    }
    const parts = this.#waiting.get(userId);
    if (parts) parts.push(events);
    else this.#waiting.set(userId, [events]);
  }

  #splitLoose(userId: string, events: LooseEvents): void {
    const { sessionGapMs } = this.#context;
    this.#close(userId, splitByGap(userId, events, this.#windowStart, sessionGapMs), this.#windowEnd);
  }

  /** Keeps sessions that began in the range; the last one stays open when later events may continue it. */
  #close(userId: string, sessions: readonly SessionFigures[], seenTo: number): void {
    const { from, to } = this.#query.range;
    const last = sessions[sessions.length - 1];
    this.#open.delete(userId);
    for (const session of sessions) {
      if (session.start < from || session.start >= to) continue;
      if (session === last && seenTo - session.end <= this.#context.sessionGapMs) {
        this.#open.set(userId, session);
      } else {
        this.#done.push(session);
      }
    }
  }

  /** Follows sessions past the window's end, for their users alone, in ever larger steps. */
  async #continueOpen(): Promise<void> {
    const { sessionGapMs, run, identities, mapping } = this.#context;
    let from = this.#windowEnd;
    let step = sessionGapMs * 4;
    while (this.#open.size > 0) {
      if (!(await this.#hasEvents({ from }))) break;
      const to = from + step;
      const users = [...this.#open.keys()];
      const gathered = new Map<string, LooseEvents[]>();
      for (let at = 0; at < users.length; at += BATCH) {
        const ids = users
          .slice(at, at + BATCH)
          .flatMap((id) => identities.allIdsOf(id).flatMap(storedIdForms));
        const grouping = this.#grouping({ from, to }, [
          { [mapping.events.fields.userId]: { $in: ids } },
          isInNoSession(mapping),
        ]);
        for await (const batch of run.aggregateEvents<SessionRow>(groupSessions(grouping, true), {
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
      for (const userId of users) {
        const open = this.#open.get(userId);
        if (!open) continue;
        const events = joinLoose(gathered.get(userId) ?? []);
        const sessions = splitByGap(userId, events, this.#windowStart, sessionGapMs, open);
        const isSameOpen = sessions.length === 1 && to - open.end <= sessionGapMs;
        if (isSameOpen) continue;
        this.#open.delete(userId);
        this.#done.push(open);
      }
      from = to;
      step *= 2;
    }
    this.#done.push(...this.#open.values());
    this.#open.clear();
  }

  async #hasEvents(window: { from?: number; to?: number }): Promise<boolean> {
    const { run, mapping } = this.#context;
    const match = timeMatch(mapping.events.fields.timestamp, window.from, window.to);
    for await (const batch of run.find(mapping.events.collection, match, {
      limit: 1,
      projection: { _id: 1 },
      purpose: 'whether there are events outside the range',
    })) {
      if (batch.length > 0) return true;
    }
    return false;
  }

  /** Drops sessions that began before the window: those with an event of theirs before it. */
  async #dropEarlier(): Promise<void> {
    if (this.#stored.size === 0 || !(await this.#hasEvents({ to: this.#windowStart }))) return;
    await this.#readOutside({ to: this.#windowStart }, (key) => this.#stored.delete(key));
  }

  /** Adds what sessions did after the window. */
  async #addLater(): Promise<void> {
    if (this.#stored.size === 0 || !(await this.#hasEvents({ from: this.#windowEnd }))) return;
    await this.#readOutside({ from: this.#windowEnd }, (key, row, userId) => {
      const known = this.#stored.get(key);
      if (known) mergeSession(known.figures, this.#figuresOf(userId, known.figures.sessionId ?? '', row));
    });
  }

  /** Rows of the known sessions outside the window, asked for by id where an index finds them. */
  async #readOutside(
    window: { from?: number; to?: number },
    take: (key: string, row: SessionRow, userId: string) => void,
  ): Promise<void> {
    const { run, identities, mapping } = this.#context;
    const path = mapping.events.fields.sessionId;
    if (path === undefined) return;
    const hint = await findEventIndex(run, [path]);
    const raw = [...this.#stored.values()].map(({ rawId }) => rawId);
    const size = hint === undefined ? 200_000 : BATCH;
    for (let at = 0; at < raw.length; at += size) {
      const grouping = this.#grouping(window, [sessionMatch(path, raw.slice(at, at + size))]);
      for await (const batch of run.aggregateEvents<SessionRow>(groupSessions(grouping, false), {
        purpose: 'events of these sessions outside the range',
        hint,
      })) {
        for (const row of batch) {
          const id = idText(row._id.u);
          const sessionId = idText(row._id.s);
          if (id === null || sessionId === null) continue;
          const userId = identities.canonicalOf(id);
          take(`${sessionId}\0${userId}`, row, userId);
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
