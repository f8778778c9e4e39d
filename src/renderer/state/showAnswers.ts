/** Drawings in sight follow one another no closer than this while more is to come. */
const BETWEEN_MS = 48;
/** What is out of sight is drawn when there has been time for a frame with what is in sight. */
const AFTERWARDS_MS = 20;
/** What is out of sight waits no longer than this for what is in sight. */
const LONGEST_MS = 250;

interface Held {
  readonly change: () => void;
  readonly isInSight: boolean;
  /** When it came, ms. */
  readonly at: number;
}

/**
 * Puts answers on screen. Each drawing lays the window out and paints it, on the processors that still work on the
 * other answers, so that several which come closely one after the other are there sooner when they are drawn
 * together: the first one at once, so that something is seen, the last one in sight at once with all that was held
 * back for it, and in between no more often than the eye can follow. What lies out of sight comes after that.
 */
export class AnswerBoard {
  readonly #now: () => number;
  #held: Held[] = [];
  #drawnAt = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param now ms */
  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * Makes a change of what is on screen, now or soon.
   * @param awaitsMore whether more is asked for that will be in sight
   */
  show(change: () => void, isInSight: boolean, awaitsMore: boolean): void {
    this.#held.push({ change, isInSight, at: this.#now() });
    this.#draw(awaitsMore);
  }

  #draw(awaitsMore: boolean): void {
    clearTimeout(this.#timer);
    const now = this.#now();
    if (!awaitsMore || now >= this.#drawnAt + BETWEEN_MS) this.#release(now, ({ isInSight }) => isInSight);
    const isLate = (held: Held): boolean => now >= held.at + LONGEST_MS;
    if (!awaitsMore && now >= this.#drawnAt + AFTERWARDS_MS) this.#release(now, () => true);
    else if (this.#held.some(isLate)) this.#release(now, isLate);
    if (this.#held.length === 0) return;
    const due = this.#held.map(({ isInSight, at }) =>
      isInSight ? this.#drawnAt + BETWEEN_MS : awaitsMore ? at + LONGEST_MS : this.#drawnAt + AFTERWARDS_MS,
    );
    this.#timer = setTimeout(() => this.#draw(awaitsMore), Math.max(1, Math.min(...due) - now));
  }

  #release(now: number, isDue: (held: Held) => boolean): void {
    const due = this.#held.filter(isDue);
    if (due.length === 0) return;
    this.#held = this.#held.filter((held) => !isDue(held));
    this.#drawnAt = now;
    for (const { change } of due) change();
  }
}
