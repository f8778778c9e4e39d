/** Bodies are read up to so many characters, together, before the event loop looks at what else there is. */
const TURN_LENGTH = 64 * 1_024;

/**
 * Divides the event loop's time: however many bodies arrive at once, only a few are read before it turns to
 * answers, new connections and `/livez` again. The others wait in their order.
 */
export class Turns {
  private used = 0;
  private isScheduled = false;
  private readonly waiting: { length: number; since: number; begin: () => void }[] = [];

  /** How long the first of those that wait has waited, milliseconds. */
  get waitedMs(): number {
    const [first] = this.waiting;
    return first ? performance.now() - first.since : 0;
  }

  /** Null when a body of this length may be read at once; else resolves when it is its turn. */
  take(length: number): Promise<void> | null {
    this.schedule();
    if (this.waiting.length === 0 && this.used < TURN_LENGTH) {
      this.used += length;
      return null;
    }
    return new Promise((begin) => this.waiting.push({ length, since: performance.now(), begin }));
  }

  private schedule(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    setImmediate(() => {
      this.isScheduled = false;
      this.used = 0;
      while (this.used < TURN_LENGTH) {
        const next = this.waiting.shift();
        if (!next) return;
        this.used += next.length;
        next.begin();
      }
      this.schedule();
    });
  }
}
