/** The events of one session (or of all a user's events without a session id), in any order. */
export interface PagedEvents {
  /** `(t − origin) · 2 + 1` for a page view whose time is wanted, without the 1 for any other event. */
  readonly packed: ArrayLike<number>;
  /** The breakdown's value of each, in the same order. */
  readonly values: ArrayLike<unknown> | null;
}

export interface PageTimeSink {
  /** A page view and the time to the next event of its session, both ms. */
  readonly take: (at: number, value: unknown, untilNextMs: number) => void;
  /** Several events of one instant, some of them wanted: their order needs their ids. `nextMs` as above, null when unknown. */
  readonly tie: (at: number, untilNextMs: number | null) => void;
  /** The session's last event is wanted: what follows it lies outside. */
  readonly last: (at: number, value: unknown) => void;
}

/**
 * Finds the time to the next event for each wanted page view.
 * @param gapMs a longer pause ends the session; Infinity for sessions with an id
 */
export function measurePageTimes(
  { packed, values }: PagedEvents,
  origin: number,
  gapMs: number,
  sink: PageTimeSink,
): void {
  const order = Uint32Array.from({ length: packed.length }, (_, index) => index);
  const elapsedOf = (index: number): number => Math.floor((packed[index] as number) / 2);
  order.sort((a, b) => elapsedOf(a) - elapsedOf(b));
  let index = 0;
  while (index < order.length) {
    const elapsed = elapsedOf(order[index] as number);
    let end = index + 1;
    while (end < order.length && elapsedOf(order[end] as number) === elapsed) end += 1;
    const wanted = Array.from(order.subarray(index, end)).filter(
      (item) => (packed[item] as number) % 2 === 1,
    );
    const at = origin + elapsed;
    const follows = end < order.length ? elapsedOf(order[end] as number) - elapsed : null;
    const untilNext = follows !== null && follows <= gapMs ? follows : null;
    const [first] = wanted;
    if (first !== undefined) {
      if (end - index > 1) sink.tie(at, untilNext);
      else if (untilNext !== null) sink.take(at, values?.[first], untilNext);
      else if (follows === null) sink.last(at, values?.[first]);
    }
    index = end;
  }
}
