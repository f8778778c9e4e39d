import type { Document } from 'mongodb';
import { storedIdForms } from '../../filters/conditions';
import { compareCodePoints } from '../../kernels/numbers';
import { measurePageTimes, type PagedEvents } from '../../kernels/sessions/pageTimes';
import { selectEvents, timeMatch } from '../../mapping/selection';
import { idText, valueText } from '../../mapping/storedText';
import {
  firstAfter,
  groupPageTimes,
  listPageTimes,
  listTied,
  type PageTimeGrouping,
  type PageTimeRow,
} from '../../pipeline/pageTimes';
import type { TrendPeriod } from './period';

/** A page view without a duration: when, whose, with which value, and how long until the next event. */
export type TakePageTime = (at: number, canonicalId: string, value: unknown, seconds: number) => void;

interface Owner {
  readonly userId: string;
  readonly sessionId: string | null;
}

const BATCH = 5_000;
const TIED_BATCH = 200;
/** Merged users beyond so many are not named in a match. */
const MAX_MERGED = 5_000;

/** Measures the time on pages that do not say it: the time to the next event of the session. */
class PageTimeGatherer {
  readonly #period: TrendPeriod;
  readonly #take: TakePageTime;
  readonly #waiting = new Map<string, { owner: Owner; parts: PagedEvents[] }>();
  readonly #ties: { owner: Owner; at: number; untilNextMs: number | null }[] = [];
  readonly #lasts: { owner: Owner; at: number; value: unknown }[] = [];

  constructor(period: TrendPeriod, take: TakePageTime) {
    this.#period = period;
    this.#take = take;
  }

  async gather(): Promise<void> {
    const { context, range, compiled } = this.#period;
    const { run, identities, mapping } = context;
    const grouping = this.#grouping({ from: range.from, to: range.to }, compiled.filters.usersMatch);
    const merged =
      identities.size > MAX_MERGED || identities.hasMixedForms
        ? null
        : [...identities.aliases()].flatMap(([alias, canonical]) => [
            ...storedIdForms(alias),
            ...storedIdForms(canonical),
          ]);
    const rows = run.aggregateEvents<PageTimeRow>(groupPageTimes(grouping, merged), {
      purpose: 'time to the next event',
    });
    for await (const batch of rows) {
      for (const row of batch) {
        const id = idText(row._id.u);
        if (id === null) continue;
        const userId = identities.canonicalOf(id);
        if (!compiled.filters.acceptsUser(userId)) continue;
        const owner: Owner = { userId, sessionId: idText(row._id.s) };
        const events: PagedEvents = row.e
          ? { packed: row.e, values: row.v ?? null }
          : await this.#stream(grouping, row, mapping.events.fields.sessionId);
        if (identities.isMerged(id)) this.#wait(owner, events);
        else this.#measure(owner, events);
      }
    }
    for (const { owner, parts } of this.#waiting.values()) this.#measure(owner, joinParts(parts));
    await this.#followLasts();
    await this.#orderTies();
  }

  #grouping(window: { from?: number; to?: number }, matches: readonly Document[]): PageTimeGrouping {
    const { context, compiled, event, value, valueLookups, range } = this.#period;
    const { events } = compiled.filters;
    const conditions = [events.expr, event.expr].filter((expr) => expr !== true);
    return {
      mapping: context.mapping,
      stages: selectEvents(context.mapping, {
        ...window,
        matches,
        lookups: [...events.lookups, ...event.lookups, ...valueLookups],
      }),
      matches: conditions.length === 0 ? true : { $and: conditions },
      value,
      origin: range.from,
    };
  }

  async #stream(
    grouping: PageTimeGrouping,
    row: PageTimeRow,
    sessionPath: string | undefined,
  ): Promise<PagedEvents> {
    const { run, mapping } = this.#period.context;
    const packed: number[] = [];
    const values: unknown[] = [];
    const match = {
      [mapping.events.fields.userId]: row._id.u,
      ...(sessionPath === undefined ? {} : { [sessionPath]: row._id.s ?? null }),
    };
    for await (const batch of run.aggregateEvents<{ e: number; v: unknown }>(
      [{ $match: match }, ...listPageTimes(grouping)],
      { purpose: 'events of a very long session' },
    )) {
      for (const { e, v } of batch) {
        packed.push(e);
        values.push(v);
      }
    }
    return { packed, values };
  }

  #wait(owner: Owner, events: PagedEvents): void {
    const key = `${owner.sessionId === null ? '' : `s${owner.sessionId}`}\0${owner.userId}`;
    const known = this.#waiting.get(key);
    if (known) known.parts.push(events);
    else this.#waiting.set(key, { owner, parts: [events] });
  }

  #gapOf(owner: Owner): number {
    return owner.sessionId === null ? this.#period.context.sessionGapMs : Infinity;
  }

  #measure(owner: Owner, events: PagedEvents): void {
    measurePageTimes(events, this.#period.range.from, this.#gapOf(owner), {
      take: (at, value, untilNextMs) => this.#take(at, owner.userId, value, untilNextMs / 1000),
      tie: (at, untilNextMs) => this.#ties.push({ owner, at, untilNextMs }),
      last: (at, value) => this.#lasts.push({ owner, at, value }),
    });
  }

  /** The first event after the range of sessions that may go on. */
  async #findNext(owners: readonly Owner[]): Promise<(owner: Owner) => number | null> {
    const { context, range } = this.#period;
    const { run, identities, mapping } = context;
    const { userId, sessionId } = mapping.events.fields;
    const next = new Map<string, number>();
    const keyOf = (owner: Owner): string => `${owner.sessionId ?? '\0'}\0${owner.userId}`;
    for (let at = 0; at < owners.length; at += BATCH) {
      const some = owners.slice(at, at + BATCH);
      const named = [...new Set(some.map((owner) => owner.userId))];
      const forms = named.flatMap((id) => identities.allIdsOf(id).flatMap(storedIdForms));
      const sessions = new Set(some.map((owner) => owner.sessionId));
      const sessionForms = [...sessions].flatMap((id) => (id === null ? [null] : storedIdForms(id)));
      const grouping = this.#grouping({ from: range.to }, [
        { [userId]: { $in: forms } },
        ...(sessionId === undefined ? [] : [{ [sessionId]: { $in: sessionForms } }]),
      ]);
      for await (const batch of run.aggregateEvents<{ _id: { u: unknown; s: unknown }; a: number }>(
        firstAfter(grouping),
        { purpose: 'sessions that go on after the range' },
      )) {
        for (const { _id, a } of batch) {
          const id = idText(_id.u);
          if (id === null) continue;
          const key = keyOf({ userId: identities.canonicalOf(id), sessionId: idText(_id.s) });
          next.set(key, Math.min(range.from + a, next.get(key) ?? Infinity));
        }
      }
    }
    return (owner) => next.get(keyOf(owner)) ?? null;
  }

  async #followLasts(): Promise<void> {
    const openTies = this.#ties.filter(({ untilNextMs }) => untilNextMs === null);
    const owners = [...this.#lasts, ...openTies].map(({ owner }) => owner);
    if (owners.length === 0) return;
    const nextOf = await this.#findNext(owners);
    const untilNext = (owner: Owner, at: number): number | null => {
      const next = nextOf(owner);
      return next !== null && next - at <= this.#gapOf(owner) ? next - at : null;
    };
    for (const { owner, at, value } of this.#lasts) {
      const ms = untilNext(owner, at);
      if (ms !== null) this.#take(at, owner.userId, value, ms / 1000);
    }
    for (const tie of openTies) {
      // A tie inside the session that is followed by a longer gap has no next event there either.
      tie.untilNextMs = untilNext(tie.owner, tie.at);
    }
  }

  /** Events of one instant: all but the last by id are followed at once, the last by the next instant. */
  async #orderTies(): Promise<void> {
    const { run, identities, mapping } = this.#period.context;
    const { timestamp, userId, sessionId } = mapping.events.fields;
    const keyOf = (user: string, session: string | null, at: number): string =>
      `${user}\0${session ?? '\0'}\0${at}`;
    for (let start = 0; start < this.#ties.length; start += TIED_BATCH) {
      const ties = this.#ties.slice(start, start + TIED_BATCH);
      const match = {
        $or: ties.map(({ owner, at }) => ({
          [userId]: { $in: identities.allIdsOf(owner.userId).flatMap(storedIdForms) },
          ...(sessionId === undefined
            ? {}
            : { [sessionId]: owner.sessionId === null ? null : { $in: storedIdForms(owner.sessionId) } }),
          ...timeMatch(timestamp, at, at + 1),
        })),
      };
      const groups = new Map<string, { id: string; isWanted: boolean; value: unknown }[]>();
      for await (const batch of run.aggregateEvents<Document>(listTied(this.#grouping({}, [match])), {
        purpose: 'events of one instant',
      })) {
        for (const row of batch) {
          const id = idText(row['u']);
          if (id === null) continue;
          const packed = Number(row['e']);
          const at = this.#period.range.from + Math.floor(packed / 2);
          const key = keyOf(identities.canonicalOf(id), idText(row['s']), at);
          const isWanted = Math.abs(packed % 2) === 1;
          const group = groups.get(key) ?? [];
          group.push({ id: valueText(row['id']) ?? '', isWanted, value: row['v'] as unknown });
          groups.set(key, group);
        }
      }
      for (const { owner, at, untilNextMs } of ties) {
        const group = groups.get(keyOf(owner.userId, owner.sessionId, at)) ?? [];
        group.sort((a, b) => compareCodePoints(a.id, b.id));
        group.forEach(({ isWanted, value }, index) => {
          const ms = index < group.length - 1 ? 0 : untilNextMs;
          if (isWanted && ms !== null) this.#take(at, owner.userId, value, ms / 1000);
        });
      }
    }
  }
}

function joinParts(parts: readonly PagedEvents[]): PagedEvents {
  const [first] = parts;
  if (parts.length === 1 && first) return first;
  const hasValues = parts.some(({ values }) => values !== null);
  return {
    packed: parts.flatMap(({ packed }) => Array.from(packed)),
    values: hasValues ? parts.flatMap(({ values }) => Array.from(values ?? [])) : null,
  };
}

/** Takes every matching page view of the period that has no duration of its own and is followed by an event. */
export function gatherPageTimes(period: TrendPeriod, take: TakePageTime): Promise<void> {
  return new PageTimeGatherer(period, take).gather();
}
