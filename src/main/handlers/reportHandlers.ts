import type { BrowserWindow } from 'electron';
import { parseReport } from '../../shared/reports/report';
import type { RequestOf } from '../../shared/ipc/contract';
import type { RunParameters } from '../analytics/protocol';
import type { HandlersOf } from '../calls/handler';
import type { Services } from '../services';

/** What a window asks to run, with the settings filled in where it says nothing. */
export async function prepareRun(
  { settings, workspaces }: Services,
  window: BrowserWindow,
  request: RequestOf<'report.run'>,
): Promise<RunParameters> {
  const report = parseReport(request.report);
  const now = Date.now();
  const { engine, maxTimeMs, sessionGapMinutes } = await settings.get();
  return {
    workspace: await workspaces.require(window),
    report,
    engine: request.engine ?? engine,
    maxTimeMs: request.maxTimeMs ?? maxTimeMs,
    sessionGapMs: sessionGapMinutes * 60_000,
    now,
    askedAt: Math.min(request.askedAt ?? now, now),
  };
}

export function createReportHandlers(services: Services): HandlersOf<'report'> {
  const { analytics } = services;
  return {
    'report.run': async (request, { window, signal, progress }) =>
      analytics.call('run', await prepareRun(services, window, request), { signal, onProgress: progress }),
    'report.explain': async (request, { window, signal, progress }) =>
      analytics.call('explain', await prepareRun(services, window, request), {
        signal,
        onProgress: progress,
      }),
  };
}
