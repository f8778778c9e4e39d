import { useEffect, useMemo, useState } from 'react';
import { create } from 'zustand';
import type { RunProgress } from '../../shared/ipc/reports';
import { WaymarkError } from '../../shared/errors';
import type { ReportInput, ReportKind } from '../../shared/reports/report';
import type { AnyResult, Result } from '../../shared/reports/result';
import { client } from '../client/client';
import { useSettings } from './settings';
import { useWorkspace, workspaceKey } from './workspace';

/** One place of the window that shows the answer to a report. The latest answer stays while the next loads. */
export interface Run<K extends ReportKind = ReportKind> {
  readonly state: 'idle' | 'running' | 'done' | 'failed' | 'cancelled';
  /** What the newest request asks. */
  readonly report: ReportInput | null;
  /** The latest answer, and to what. */
  readonly answer: Result<K> | null;
  readonly answered: ReportInput | null;
  readonly answeredAt: number;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly progress: RunProgress | null;
  readonly error: WaymarkError | null;
}

const IDLE: Run = {
  state: 'idle',
  report: null,
  answer: null,
  answered: null,
  answeredAt: 0,
  startedAt: 0,
  endedAt: 0,
  progress: null,
  error: null,
};

/** A run as a card shows it. */
export interface ShownRun<K extends ReportKind = ReportKind> extends Run<K> {
  /** What is on screen answers another question than the present one: the present one is asked, or about to be. */
  readonly isBusy: boolean;
}

interface RunsState {
  readonly runs: Readonly<Record<string, Run>>;
  /** When everything on screen was last to be asked again (ms). */
  readonly refreshedAt: number;
}

export const useRuns = create<RunsState>(() => ({ runs: {}, refreshedAt: 0 }));

const controllers = new Map<string, AbortController>();

function patch(slot: string, change: Partial<Run>): void {
  useRuns.setState(({ runs }) => ({ runs: { ...runs, [slot]: { ...(runs[slot] ?? IDLE), ...change } } }));
}

const asWaymarkError = (error: unknown): WaymarkError =>
  error instanceof WaymarkError
    ? error
    : new WaymarkError('internal', error instanceof Error ? error.message : String(error));

/** Asks a report for a slot. The newest request of a slot wins: an older one is cancelled and never shown. */
export async function startRun(slot: string, report: ReportInput): Promise<void> {
  controllers.get(slot)?.abort();
  const controller = new AbortController();
  controllers.set(slot, controller);
  const isNewest = (): boolean => controllers.get(slot) === controller;
  patch(slot, { state: 'running', report, startedAt: Date.now(), progress: null, error: null });
  try {
    const answer = await client.call(
      'report.run',
      { report, maxTimeMs: useSettings.getState().settings.maxTimeMs },
      {
        signal: controller.signal,
        onProgress: (progress) => {
          if (isNewest()) patch(slot, { progress });
        },
      },
    );
    if (!isNewest()) return;
    const now = Date.now();
    patch(slot, { state: 'done', answer, answered: report, answeredAt: now, endedAt: now, progress: null });
  } catch (caught) {
    if (!isNewest()) return;
    const error = asWaymarkError(caught);
    patch(slot, {
      state: error.code === 'cancelled' ? 'cancelled' : 'failed',
      error,
      endedAt: Date.now(),
      progress: null,
    });
  } finally {
    if (isNewest()) controllers.delete(slot);
  }
}

/** Cancels a slot's request; its latest answer stays. */
export function cancelRun(slot: string): void {
  controllers.get(slot)?.abort();
}

/** Cancels every request of the window. */
export function cancelAllRuns(): void {
  for (const controller of controllers.values()) controller.abort();
}

/** Asks everything on screen again. */
export function refreshAll(): void {
  useRuns.setState({ refreshedAt: Date.now() });
}

/** Forgets every answer: the data is another's now. */
export function forgetRuns(): void {
  cancelAllRuns();
  controllers.clear();
  useRuns.setState({ runs: {} });
}

/** Leaves a slot: a request under way is given up without a trace. */
function leave(slot: string): void {
  const controller = controllers.get(slot);
  if (!controller) return;
  controllers.delete(slot);
  controller.abort();
  patch(slot, {
    state: useRuns.getState().runs[slot]?.answer ? 'done' : 'idle',
    report: null,
    progress: null,
  });
}

/** An answer younger than this is shown as it is when one comes back to it. */
const FRESH_MS = 20_000;

/**
 * Keeps a slot's answer current: asks when the report or the connection changes, and on a refresh.
 * `delayMs` waits for more changes first; null asks nothing.
 */
export function useReport<K extends ReportKind>(
  slot: string,
  report: (ReportInput & { kind: K }) | null,
  delayMs = 0,
): ShownRun<K> {
  const key = report === null ? '' : JSON.stringify(report);
  const data = useWorkspace(workspaceKey);
  const refreshedAt = useRuns((state) => state.refreshedAt);
  const question = key === '' || data === '' ? '' : [slot, data, refreshedAt, key].join('\n');
  const [asked, setAsked] = useState('');
  useEffect(() => {
    if (question === '') return undefined;
    const known = useRuns.getState().runs[slot];
    const isFresh =
      known?.state === 'done' &&
      JSON.stringify(known.answered) === key &&
      known.startedAt >= refreshedAt &&
      Date.now() - known.answeredAt < FRESH_MS;
    const ask = (): void => {
      setAsked(question);
      if (!isFresh) void startRun(slot, JSON.parse(key) as ReportInput);
    };
    const timer = setTimeout(ask, isFresh ? 0 : delayMs);
    return () => clearTimeout(timer);
  }, [slot, key, question, refreshedAt, delayMs]);
  useEffect(() => () => leave(slot), [slot]);
  const run = useRuns((state) => state.runs[slot] ?? IDLE);
  const isBusy = run.state === 'running' || asked !== question;
  return useMemo(() => ({ ...run, isBusy }), [run, isBusy]) as unknown as ShownRun<K>;
}

/** Runs a report once, outside any slot. */
export async function runOnce(report: ReportInput, signal?: AbortSignal): Promise<AnyResult> {
  return client.call(
    'report.run',
    { report, maxTimeMs: useSettings.getState().settings.maxTimeMs },
    signal ? { signal } : {},
  );
}
