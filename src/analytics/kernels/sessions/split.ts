/** One session of one user, with what the figures need. Instants in ms. */
export interface SessionFigures {
  /** Canonical. */
  readonly userId: string;
  /** The client's id as text; null for a session derived from gaps. */
  readonly sessionId: string | null;
  start: number;
  end: number;
  /** All its events, unfiltered. */
  events: number;
  pageViews: number;
  /** Its events that match the report, and what they are. */
  matched: number;
  matchedPageViews: number;
  matchedPurchases: number;
  /** First and last of them; only where asked for, else the session's own. */
  firstMatch: number;
  lastMatch: number;
  /** Breakdown values of its matching events; undefined without a breakdown. */
  values: Set<string> | undefined;
}

/**
 * A session that begins at `at` and has no event yet.
 * @param values where the breakdown's values go; undefined without a breakdown
 */
export function emptySession(
  userId: string,
  sessionId: string | null,
  at: number,
  values?: Set<string>,
): SessionFigures {
  return {
    userId,
    sessionId,
    start: at,
    end: at,
    events: 0,
    pageViews: 0,
    matched: 0,
    matchedPageViews: 0,
    matchedPurchases: 0,
    firstMatch: Infinity,
    lastMatch: -Infinity,
    values,
  };
}

/** The flags of an event packed with its time: `(t − origin) · 8 + flags`. */
export const MATCH_FLAG = 1;
export const PAGE_VIEW_FLAG = 2;
export const PURCHASE_FLAG = 4;
export const FLAG_FACTOR = 8;

/** One event without a session id. */
export interface LooseEvents {
  /** `(t − origin) · 8 + flags` of each. */
  readonly packed: ArrayLike<number>;
  /** The breakdown's value of each, in the same order; undefined without a breakdown. */
  readonly values?: ArrayLike<string | null> | undefined;
}

/** Positions of events in order of time. */
function orderByTime(packed: ArrayLike<number>): Uint32Array | null {
  let isSorted = true;
  for (let index = 1; index < packed.length && isSorted; index += 1) {
    isSorted = (packed[index - 1] as number) <= (packed[index] as number);
  }
  if (isSorted) return null;
  const order = Uint32Array.from({ length: packed.length }, (_, index) => index);
  return order.sort((a, b) => (packed[a] as number) - (packed[b] as number));
}

/**
 * Splits a user's events without a session id into sessions: a gap longer than `gapMs` starts a new one.
 * @param origin the instant that packed times count from, ms
 * @param open the session that earlier events left open, which these may continue
 * @returns the sessions in order of time; the first is `open` itself when it was given
 */
export function splitByGap(
  userId: string,
  events: LooseEvents,
  origin: number,
  gapMs: number,
  open?: SessionFigures,
): SessionFigures[] {
  const { packed, values } = events;
  const order = orderByTime(packed);
  const sessions: SessionFigures[] = open ? [open] : [];
  let current = open;
  for (let index = 0; index < packed.length; index += 1) {
    const position = order ? (order[index] as number) : index;
    const item = packed[position] as number;
    const elapsed = Math.floor(item / FLAG_FACTOR);
    const flags = item - elapsed * FLAG_FACTOR;
    const at = origin + elapsed;
    if (!current || at - current.end > gapMs) {
      current = emptySession(userId, null, at, values ? new Set() : undefined);
      sessions.push(current);
    }
    current.end = at;
    current.events += 1;
    if (flags & PAGE_VIEW_FLAG) current.pageViews += 1;
    if (flags & MATCH_FLAG) {
      current.matched += 1;
      if (flags & PAGE_VIEW_FLAG) current.matchedPageViews += 1;
      if (flags & PURCHASE_FLAG) current.matchedPurchases += 1;
      current.firstMatch = Math.min(current.firstMatch, at);
      current.lastMatch = Math.max(current.lastMatch, at);
      if (values) current.values?.add(values[position] ?? '(none)');
    }
  }
  return sessions;
}

/** Adds what more is known of the same session. */
export function mergeSession(into: SessionFigures, more: SessionFigures): void {
  into.start = Math.min(into.start, more.start);
  into.end = Math.max(into.end, more.end);
  into.events += more.events;
  into.pageViews += more.pageViews;
  into.matched += more.matched;
  into.matchedPageViews += more.matchedPageViews;
  into.matchedPurchases += more.matchedPurchases;
  into.firstMatch = Math.min(into.firstMatch, more.firstMatch);
  into.lastMatch = Math.max(into.lastMatch, more.lastMatch);
  if (more.values) for (const value of more.values) into.values?.add(value);
}

/** A session's name in lists: the client's id, or the instant of its first event. */
export function sessionName(session: SessionFigures): string {
  return session.sessionId ?? new Date(session.start).toISOString();
}

/** Exactly one page view and no other event. */
export function isBounce(session: SessionFigures): boolean {
  return session.events === 1 && session.pageViews === 1;
}
