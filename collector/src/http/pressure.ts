import { performance } from 'node:perf_hooks';

const SAMPLE_MS = 20;

/** Share of the newest sample in the smoothed delay. */
const WEIGHT = 0.2;

/** Watches how late the event loop is; a loop that is late answers nobody in time. */
export class EventLoopWatch {
  private smoothedMs = 0;
  private expectedAt = 0;
  private timer: NodeJS.Timeout | null = null;

  start(): void {
    this.expectedAt = performance.now() + SAMPLE_MS;
    this.timer = setInterval(() => {
      const now = performance.now();
      const lateMs = Math.max(0, now - this.expectedAt);
      this.expectedAt = now + SAMPLE_MS;
      this.smoothedMs += WEIGHT * (lateMs - this.smoothedMs);
    }, SAMPLE_MS);
    this.timer.unref();
  }

  stop(): void {
    if (this.timer) clearInterval(this.timer);
  }

  /** The smoothed delay in milliseconds; a delay that is still going on counts too. */
  get lagMs(): number {
    const overdueMs = performance.now() - this.expectedAt;
    return Math.max(this.smoothedMs, overdueMs > SAMPLE_MS ? overdueMs * WEIGHT : 0);
  }
}
