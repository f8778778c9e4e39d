/** Waits longer after each failure in a row, with jitter, so that many collectors do not return at once. */
export class Backoff {
  private failures = 0;

  constructor(
    private readonly firstMs: number,
    private readonly longestMs: number,
    private readonly random: () => number = Math.random,
  ) {}

  /** The pause after one more failure: half fixed, half random, doubling up to the longest. */
  next(): number {
    const full = Math.min(this.longestMs, this.firstMs * 2 ** this.failures);
    this.failures = Math.min(this.failures + 1, 30);
    return full / 2 + (full / 2) * this.random();
  }

  /** Something worked; the next pause is a short one again. */
  reset(): void {
    this.failures = 0;
  }
}

/** Resolves after `ms`, or at once when the signal is raised. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
