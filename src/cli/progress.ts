import type { Terminal } from './terminal';

const REDRAW_MS = 120;
const PLAIN_MS = 5_000;

/**
 * Progress on standard error: one line that redraws itself on a terminal, a line every few seconds
 * elsewhere (for logs), nothing for what is quick.
 */
export class ProgressLine {
  private shownAt: number;
  private isDrawn = false;

  constructor(private readonly terminal: Terminal) {
    this.shownAt = terminal.now();
  }

  show(text: string): void {
    const { stderr } = this.terminal;
    const now = this.terminal.now();
    if (now - this.shownAt < (stderr.isTTY ? REDRAW_MS : PLAIN_MS)) return;
    this.shownAt = now;
    if (stderr.isTTY) {
      stderr.write(`\r\u001b[K${text}`);
      this.isDrawn = true;
    } else stderr.write(`${text}\n`);
  }

  /** Takes the redrawn line away. */
  clear(): void {
    if (this.isDrawn) this.terminal.stderr.write('\r\u001b[K');
    this.isDrawn = false;
  }
}

/** `phase`, or `phase 3 of 10`. */
export function describeProgress(progress: { phase: string; done?: number; total?: number }): string {
  const { phase, done, total } = progress;
  if (done === undefined) return `${phase} …`;
  return total === undefined ? `${phase}: ${done}` : `${phase}: ${done} of ${total}`;
}
