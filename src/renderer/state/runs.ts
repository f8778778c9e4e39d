import { useEffect, useMemo, useRef } from 'react';
import { create } from 'zustand';
import type { RunProgress } from '../../shared/ipc/reports';
import { WaymarkError } from '../../shared/errors';
import type { ReportInput, ReportKind } from '../../shared/reports/report';
import type { AnyResult, Result } from '../../shared/reports/result';
import { client } from '../client/client';
import { useSettings } from './settings';
import { AnswerBoard } from './showAnswers';
import { isInSight } from './sight';
import { useWorkspace, workspaceKey } from './workspace';

/** What a place of the window shows of a report: the latest answer stays while the next one loads. */
export interface Shown<K extends ReportKind = ReportKind> {
  /** The latest answer, and to what. */
  readonly answer: Result<K> | null;
  readonly answered: ReportInput | null;
  readonly answeredAt: number;
  /** What became of the newest request when it brought no answer. */
  readonly outcome: 'failed' | 'cancelled' | null;
  readonly error: WaymarkError | null;
  /** How long the newest request took that has ended, ms. */
  readonly tookMs: number;
}

/** A request under way. */
interface Running {
  readonly report: ReportInput;
  readonly startedAt: number;
  readonly progress: RunProgress | null;
}

interface Run {
  readonly shown: Shown;
  readonly running: Running | null;
  /** What is asked, or was answered last: report, data and refresh in one text. */
  readonly question: string;
  /** The newest report asked, and when. */
  readonly report: ReportInput | null;
  readonly startedAt: number;
}

const NOTHING: Shown = {
  answer: null,
  answered: null,
  answeredAt: 0,
  outcome: null,
  error: null,
  tookMs: 0,
};
const IDLE: Run = { shown: NOTHING, running: null, question: '', report: null, startedAt: 0 };

/** A run as a card shows it. */
export interface ShownRun<K extends ReportKind = ReportKind> extends Shown<K> {
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

/** Slots whose newest request has brought nothing yet. */
const awaited = new Set<string>();

const board = new AnswerBoard(() => performance.now());

/** Shows what a slot's newest request has brought. */
function show(slot: string, change: () => void): void {
  awaited.delete(slot);
  board.show(change, isInSight(slot), [...awaited].some(isInSight));
}

const runOf = (slot: string): Run => useRuns.getState().runs[slot] ?? IDLE;

function patch(slot: string, change: Partial<Run>): void {
  useRuns.setState(({ runs }) => ({ runs: { ...runs, [slot]: { ...(runs[slot] ?? IDLE), ...change } } }));
}

const asWaymarkError = (error: unknown): WaymarkError =>
  error instanceof WaymarkError
    ? error
    : new WaymarkError('internal', error instanceof Error ? error.message : String(error));

/** Asks a report for a slot. The newest request of a slot wins: an older one is cancelled and never shown. */
async function startRun(slot: string, report: ReportInput, question: string): Promise<void> {
  controllers.get(slot)?.abort();
  const controller = new AbortController();
  controllers.set(slot, controller);
  awaited.add(slot);
  const isNewest = (): boolean => controllers.get(slot) === controller;
  const startedAt = Date.now();
  const { shown } = runOf(slot);
  patch(slot, {
    question,
    report,
    startedAt,
    running: { report, startedAt, progress: null },
    // The same object where nothing on screen changes: a card renders for an answer, not for a question.
    shown: shown.outcome === null ? shown : { ...shown, outcome: null, error: null },
  });
  const end = (change: Partial<Shown>): void => {
    const tookMs = Date.now() - startedAt;
    controllers.delete(slot);
    patch(slot, { running: null, shown: { ...runOf(slot).shown, tookMs, ...change } });
  };
  try {
    const answer = await client.call(
      'report.run',
      { report, maxTimeMs: useSettings.getState().settings.maxTimeMs, askedAt: startedAt },
      {
        signal: controller.signal,
        onProgress: (progress) => {
          if (isNewest()) patch(slot, { running: { report, startedAt, progress } });
        },
      },
    );
    if (!isNewest()) return;
    const answeredAt = Date.now();
    show(slot, () => {
      if (isNewest()) end({ answer, answered: report, answeredAt, outcome: null, error: null });
    });
  } catch (caught) {
    if (!isNewest()) return;
    const error = asWaymarkError(caught);
    show(slot, () => {
      if (isNewest()) end({ outcome: error.code === 'cancelled' ? 'cancelled' : 'failed', error });
    });
  }
}

/** Asks a slot's newest report once more. */
export function runAgain(slot: string): void {
  const { report, question } = runOf(slot);
  if (report) void startRun(slot, report, question);
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
  awaited.clear();
  useRuns.setState({ runs: {} });
}

/** Leaves a slot: a request under way is given up without a trace. */
function leave(slot: string): void {
  const controller = controllers.get(slot);
  if (!controller) return;
  controllers.delete(slot);
  awaited.delete(slot);
  controller.abort();
  patch(slot, { running: null, question: '', report: null });
}

/** The request of a slot that is under way. */
export const useRunning = (slot: string): Running | null =>
  useRuns((state) => state.runs[slot]?.running ?? null);

/** An answer younger than this is shown as it is when one comes back to it. */
const FRESH_MS = 20_000;

/** What all reports of the window share; a change of it is one choice, not the first of several. */
const baseOf = ({ range, filters }: ReportInput): string => JSON.stringify([range, filters]);

/**
 * Keeps a slot's answer current: asks when the report or the connection changes, and on a refresh.
 * `delayMs` waits for more changes of the report itself first, as while one types; another range or other filters
 * are asked at once. A null report asks nothing.
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
  const askedBase = useRef('');
  useEffect(() => {
    if (question === '') return undefined;
    const wanted = JSON.parse(key) as ReportInput;
    const { shown, running, startedAt } = runOf(slot);
    const isFresh =
      running === null &&
      shown.outcome === null &&
      JSON.stringify(shown.answered) === key &&
      startedAt >= refreshedAt &&
      Date.now() - shown.answeredAt < FRESH_MS;
    let isGone = false;
    const ask = (): void => {
      if (isGone) return;
      askedBase.current = baseOf(wanted);
      if (isFresh) patch(slot, { question });
      else void startRun(slot, wanted, question);
    };
    const waits = !isFresh && delayMs > 0 && askedBase.current === baseOf(wanted);
    const timer = waits ? setTimeout(ask, delayMs) : undefined;
    // All that is asked at once is asked in one go, and drawn once.
    if (!waits) queueMicrotask(ask);
    return () => {
      isGone = true;
      clearTimeout(timer);
    };
  }, [slot, key, question, refreshedAt, delayMs]);
  useEffect(() => () => leave(slot), [slot]);
  const shown = useRuns((state) => (state.runs[slot] ?? IDLE).shown);
  const isBusy = useRuns((state) => {
    const run = state.runs[slot] ?? IDLE;
    return run.running !== null || run.question !== question;
  });
  // A slot belongs to one kind of report.
  return useMemo(() => ({ ...shown, isBusy }), [shown, isBusy]) as unknown as ShownRun<K>;
}

/** Runs a report once, outside any slot. */
export async function runOnce(report: ReportInput, signal?: AbortSignal): Promise<AnyResult> {
  return client.call(
    'report.run',
    { report, maxTimeMs: useSettings.getState().settings.maxTimeMs },
    signal ? { signal } : {},
  );
}
