import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { runCli } from '../cli/testing/runCli';
import { KPI_NAMES } from '../shared/reports/report';
import type { Result } from '../shared/reports/result';
import { launchApp, type RunningApp } from './harness/app';
import { dropShop, fillShop } from './harness/shop';

const uri = inject('mongoUri');
const database = 'e2eOverview';
const folder = mkdtempSync(path.join(tmpdir(), 'waymark-overview-'));
const file = path.join(folder, 'June.report.json');
const report = {
  version: 1,
  title: 'June',
  kind: 'kpis',
  range: { from: '2026-06-01', to: '2026-06-28', timezone: 'Europe/Berlin' },
  compare: 'previous',
};
let app: RunningApp;

beforeAll(async () => {
  writeFileSync(file, JSON.stringify(report));
  await fillShop({ uri, database });
  app = await launchApp({ args: ['--uri', uri, '--db', database, '--report', file] });
});
afterAll(async () => {
  await app.close();
  await dropShop(uri, database);
  rmSync(folder, { recursive: true });
});

describe('the Overview of a connected window', () => {
  it('opens on the report it was started with', async () => {
    await app.window.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
    await app.window.locator('[data-testid="overview"][data-state="ready"]').waitFor({ timeout: 30_000 });
  });

  it('shows the figures of the command line, to the last digit', async () => {
    const { stdout, exitCode } = await runCli(['run', file, '--uri', uri, '--db', database]);
    expect(exitCode).toBe(0);
    const { data } = JSON.parse(stdout) as Result<'kpis'>;
    expect(data.events).toBeGreaterThan(500);
    for (const kpi of KPI_NAMES) {
      const card = app.window.locator(`[data-kpi="${kpi}"]`);
      expect([kpi, await card.getAttribute('data-value')]).toEqual([kpi, String(data[kpi])]);
      expect([kpi, await card.getAttribute('data-previous')]).toEqual([kpi, String(data.previous?.[kpi])]);
    }
  });

  it('gets from analytics exactly what the command line prints', async () => {
    const trend = { ...report, kind: 'trend', breakdown: 'country', limit: 3 };
    writeFileSync(path.join(folder, 'trend.report.json'), JSON.stringify(trend));
    const printed = await runCli([
      'run',
      path.join(folder, 'trend.report.json'),
      '--uri',
      uri,
      '--db',
      database,
    ]);
    const result = await app.call('report.run', { report: trend as never });
    expect(result.data).toEqual((JSON.parse(printed.stdout) as Result<'trend'>).data);
  });
});
