/** Changes wait no longer than this for a frame: a window that is not seen draws none. */
const LONGEST_WAIT_MS = 100;

/** What came since the frame's first change; null while a change is drawn at once. */
let waiting: (() => void)[] | null = null;

/**
 * Makes a change of what is on screen: at once when it is the first since the last frame, else together with all
 * others that came until the next one. So the first of several answers is there as early as can be, and the ones
 * that follow closely are laid out and painted once, not each by itself.
 */
export function changeAtFrame(change: () => void): void {
  if (waiting !== null) {
    waiting.push(change);
    return;
  }
  waiting = [];
  change();
  const draw = (): void => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    const due = waiting ?? [];
    waiting = null;
    for (const held of due) held();
  };
  const frame = requestAnimationFrame(draw);
  const timer = setTimeout(draw, LONGEST_WAIT_MS);
}
