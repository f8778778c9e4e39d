import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { app } from 'electron';

/** Longer than all waiting of a smoke run together takes on a busy machine. */
const LIMIT_MS = 75_000;

/** What came of a smoke run; written to `smoke.json` and printed as one line. */
export interface SmokeOutcome {
  readonly ok: boolean;
  /** A sentence for each thing that is not as it must be. */
  readonly problems: readonly string[];
  /** The step that was begun last. */
  readonly lastStep: string;
  /** ms from the start of the process until the window was drawn; null when it was not. */
  readonly drawnAfterMs: number | null;
  /** ms from the start of the process until the report stood in the window; null without a report. */
  readonly answeredAfterMs: number | null;
  readonly figures: Readonly<Record<string, string>>;
}

/** What a run has found so far. */
export type SmokeFindings = Pick<SmokeOutcome, 'drawnAfterMs' | 'answeredAfterMs' | 'figures'>;

export interface SmokeRun {
  /** Says on standard error which step begins. */
  begin(step: string): void;
  /** Ends the app with the outcome: exit code 0 without problems, else 1. Only the first end counts. */
  end(problems: readonly string[], findings?: SmokeFindings): void;
}

/**
 * The frame of a smoke run, from the first line of the app on: whatever happens, the app ends by itself within 75 s with
 * an exit code, a line on standard output and, where the folder can be written, `smoke.json`.
 */
export function beginSmokeRun(folder: string): SmokeRun {
  const startedAt = Date.now();
  let lastStep = 'start';
  let hasEnded = false;
  const tell = (text: string): void =>
    void process.stderr.write(`smoke: ${text} (${Date.now() - startedAt} ms)\n`);

  const run: SmokeRun = {
    begin(step) {
      lastStep = step;
      tell(step);
    },
    end(problems, findings = { drawnAfterMs: null, answeredAfterMs: null, figures: {} }) {
      if (hasEnded) return;
      hasEnded = true;
      const all = [...problems];
      const outcomeOf = (): SmokeOutcome => ({
        ok: all.length === 0,
        problems: all,
        lastStep,
        ...findings,
      });
      try {
        mkdirSync(folder, { recursive: true });
        writeFileSync(path.join(folder, 'smoke.json'), `${JSON.stringify(outcomeOf(), null, 2)}\n`);
      } catch (error) {
        all.push(`The outcome could not be written: ${String(error)}`);
      }
      process.stdout.write(`${JSON.stringify(outcomeOf())}\n`);
      app.exit(all.length === 0 ? 0 : 1);
    },
  };

  setTimeout(() => run.end([`Not finished within ${LIMIT_MS / 1000} s.`]), LIMIT_MS);
  const failBy = (error: unknown): void =>
    run.end([error instanceof Error ? (error.stack ?? error.message) : String(error)]);
  process.on('uncaughtException', failBy);
  process.on('unhandledRejection', failBy);
  app.on('render-process-gone', (_event, _contents, { reason }) => run.end([`The page stopped: ${reason}.`]));
  // The graphics process is started again by Chromium; the analytics process by the next call.
  app.on('child-process-gone', (_event, { type, reason, exitCode }) =>
    tell(`a process of type ${type} stopped: ${reason}, exit code ${exitCode}`),
  );
  app.on('window-all-closed', () => run.end(['The window was closed.']));
  return run;
}
