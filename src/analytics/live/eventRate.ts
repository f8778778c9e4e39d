const WINDOW_MS = 10_000;

/** Events per second over the last ten seconds. Instants in ms, in order. */
export class EventRate {
  #counts: { at: number; count: number }[] = [];

  add(at: number, count: number): void {
    if (count > 0) this.#counts.push({ at, count });
  }

  perSecond(now: number): number {
    this.#counts = this.#counts.filter(({ at }) => at > now - WINDOW_MS);
    const events = this.#counts.reduce((sum, { count }) => sum + count, 0);
    return events / (WINDOW_MS / 1_000);
  }
}
