import { build } from 'esbuild';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseReport, type ReportInput } from '../../shared/reports/report';
import { ColumnEngine, type ColumnRun } from './columnEngine';
import type { ColumnEvent } from './format/columnEvent';
import { memorySnapshot } from './testing/memorySnapshot';

const START = Date.UTC(2026, 0, 1);
const TYPES = ['page_visit', 'add_to_cart', 'purchase'];
const EVENTS: ColumnEvent[] = Array.from({ length: 3_000 }, (_, index) => ({
  id: String(index),
  at: START + ((index * 7_919) % 2_000) * 20 * 60_000,
  userId: `user ${(index * 31) % 97}`,
  sessionId: index % 3 === 0 ? `session ${index % 50}` : null,
  durationSec: index % 4 === 0 ? index % 90 : null,
  texts: { eventType: TYPES[index % 5] ?? 'page_visit', device: index % 2 === 0 ? 'mobile' : 'desktop' },
  properties: {},
}));
const REPORTS = [
  { kind: 'kpis', users: { kpi: 'sessions' } },
  { kind: 'trend', measure: { aggregate: 'p90', field: 'durationSec' }, breakdown: 'eventType' },
  { kind: 'funnel', steps: TYPES, breakdown: 'device', users: { step: 2, outcome: 'dropped' } },
  { kind: 'paths', steps: 4, topNodes: 1 },
  { kind: 'retention', start: 'page_visit', cohort: 'recurring', periods: 6 },
  { kind: 'users', sort: '-events', limit: 3 },
].map((keys) =>
  parseReport({ version: 1, range: { from: '2026-01-02', to: '2026-01-25' }, ...keys } as ReportInput),
);

let folder: string;
let workerFile: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'waymark-workers-'));
  workerFile = path.join(folder, 'scanWorker.cjs');
  await build({
    entryPoints: [fileURLToPath(new URL('./workers/scanWorker.ts', import.meta.url))],
    outfile: workerFile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'warning',
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const runOf = (report = REPORTS[0] as (typeof REPORTS)[0]): ColumnRun => ({
  report,
  snapshot: memorySnapshot(EVENTS),
  now: START + 40 * 86_400_000,
  sessionGapMs: 1_800_000,
});

describe('the column engine with worker threads', () => {
  test('answers as one thread does', async () => {
    const alone = new ColumnEngine({ threads: 1 });
    const several = new ColumnEngine({ threads: 3, workerFile, workersFromRows: 1 });
    for (const report of REPORTS) {
      const [expected, actual] = [await alone.run(runOf(report)), await several.run(runOf(report))];
      expect(actual.data).toEqual(expected.data);
    }
    await several.close();
  });

  test('ends with "cancelled" while they work, and answers the next report', async () => {
    const engine = new ColumnEngine({ threads: 2, workerFile, workersFromRows: 1 });
    const control = new AbortController();
    const cancelled = engine.run({
      ...runOf(),
      signal: control.signal,
      onProgress: ({ done, total }) => {
        if (done === total) control.abort();
      },
    });
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
    await expect(engine.run(runOf())).resolves.toHaveProperty('kind', 'kpis');
    await engine.close();
  });

  test('fails the report during which a thread died, and answers the next one', async () => {
    const marker = path.join(folder, 'died');
    const mortal = path.join(folder, 'mortal.cjs');
    writeFileSync(
      mortal,
      `const fs = require('node:fs');
       const { parentPort } = require('node:worker_threads');
       if (fs.existsSync(${JSON.stringify(marker)})) require(${JSON.stringify(workerFile)});
       else parentPort.on('message', () => { fs.writeFileSync(${JSON.stringify(marker)}, ''); process.exit(1); });`,
    );
    const engine = new ColumnEngine({ threads: 2, workerFile: mortal, workersFromRows: 1 });
    await expect(engine.run(runOf())).rejects.toMatchObject({ code: 'internal' });
    expect(existsSync(marker)).toBe(true);
    await expect(engine.run(runOf())).resolves.toHaveProperty('kind', 'kpis');
    await engine.close();
  });
});
