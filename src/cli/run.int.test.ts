import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { loadSample } from '../analytics/inspect/testing/loadSample';
import { kpisDataSchema, provenanceSchema, trendDataSchema } from '../shared/reports/result';
import { runCli, type CliOutcome } from './testing/runCli';

const database = 'cliRun';
const NOW = Date.parse('2026-03-31T12:00:00Z');
const uri = inject('mongoUri');
const client = new MongoClient(uri);
const folder = mkdtempSync(path.join(tmpdir(), 'waymark-run-'));

function report(name: string, content: unknown): string {
  const file = path.join(folder, `${name}.report.json`);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}
const run = (...args: string[]): Promise<CliOutcome> =>
  runCli(['run', ...args, '--uri', uri, '--db', database], { now: NOW });
const range = { from: '2026-03-01', to: '2026-03-14', timezone: 'Europe/Berlin' };
const kpis = report('kpis', { version: 1, title: 'Key', kind: 'kpis', range, compare: 'previous' });
const trend = report('trend', { version: 1, title: 'Days', kind: 'trend', range, breakdown: 'device' });
const refused = report('refused', {
  version: 1,
  kind: 'kpis',
  range: { ...range, timezone: 'Europe/Berlim' },
});

interface Answer {
  readonly kind?: string;
  readonly data: unknown;
  readonly provenance: Record<string, unknown>;
  readonly error?: { code: string; message: string; path?: string };
}
const parse = (text: string): Answer => JSON.parse(text) as Answer;

beforeAll(async () => {
  await client.connect();
  await client.db(database).dropDatabase();
  await loadSample(client.db(database), { seed: 21, events: 6_000, endAt: NOW });
}, 60_000);
afterAll(async () => {
  await client.db(database).dropDatabase();
  await client.close();
  rmSync(folder, { recursive: true });
});

describe('waymark run', () => {
  it('prints one result as JSON and nothing else', async () => {
    const outcome = await run(kpis);
    expect(outcome).toMatchObject({ exitCode: 0, stderr: '' });
    const result = parse(outcome.stdout);
    const data = kpisDataSchema.parse(result.data);
    expect(data.events).toBe(
      await client
        .db(database)
        .collection('events')
        .countDocuments({
          timestamp: { $gte: new Date('2026-02-28T23:00:00Z'), $lt: new Date('2026-03-14T23:00:00Z') },
        }),
    );
    expect(data.previous?.events).toBeGreaterThan(0);
    expect(provenanceSchema.parse(result.provenance)).toMatchObject({
      database,
      timezone: 'Europe/Berlin',
      from: '2026-02-28T23:00:00.000Z',
      to: '2026-03-14T23:00:00.000Z',
      generatedAt: '2026-03-31T12:00:00.000Z',
    });
  });

  it('writes CSV with the header of the format, and the same figures', async () => {
    const json = parse((await run(trend)).stdout);
    const { series } = trendDataSchema.parse(json.data);
    const lines = (await run(trend, '--format', 'csv')).stdout.trim().split('\n');
    expect(lines[0]).toBe('series,at,value,complete,previous');
    expect(lines.slice(1)).toEqual(
      series.flatMap(({ key, points }) =>
        points.map((point) => `${key},${point.at},${String(point.value)},${point.complete},`),
      ),
    );
  });

  it('writes a table in the time zone of the report', async () => {
    const { stdout } = await run(trend, '--format', 'table');
    expect(stdout).toContain('Days (trend)');
    expect(stdout).toContain('2026-03-01 00:00 +01:00');
    expect(stdout).toMatch(/^2026-03-14 +\d/m);
  });

  it('answers several reports in their order, a refused one in its place', async () => {
    const outcome = await run(trend, refused, kpis, path.join(folder, 'missing.json'));
    expect(outcome.exitCode).toBe(2);
    const lines = outcome.stdout.trim().split('\n').map(parse);
    expect(lines.map(({ kind, error }) => kind ?? error?.code)).toEqual([
      'trend',
      'badReport',
      'kpis',
      'badInput',
    ]);
    expect(lines[1]?.error).toMatchObject({ path: 'range.timezone' });
    expect(lines[3]?.error).toMatchObject({ path: '' });
    expect(outcome.stderr).toMatch(/refused\.report\.json: .*Europe\/Berlim/);
  });

  it('writes the result to a file, and the provenance of each run to another', async () => {
    const out = path.join(folder, 'out.json');
    const timings = path.join(folder, 'timings.ndjson');
    const outcome = await run(kpis, trend, '--out', out, '--repeat', '3', '--timings', timings);
    expect(outcome).toMatchObject({ exitCode: 0, stdout: '' });
    expect(readFileSync(out, 'utf8').trim().split('\n')).toHaveLength(2);
    const lines = readFileSync(timings, 'utf8')
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text) as unknown);
    expect(lines).toHaveLength(6);
    expect(lines[0]).toMatchObject({ file: kpis, title: 'Key', executor: 'pipeline', database });
    expect(lines[5]).toMatchObject({ file: trend, title: 'Days' });
  });

  it('takes the address from the environment', async () => {
    const env = { WAYMARK_URI: uri, WAYMARK_DB: database };
    expect((await runCli(['run', kpis], { env, now: NOW })).exitCode).toBe(0);
  });
});

describe('waymark run, refusing', () => {
  it.each<readonly [string, readonly string[], RegExp]>([
    ['a file that is not there', ['nowhere.json'], /There is no file nowhere\.json/],
    ['a result into no folder', [kpis, '--out', 'nowhere/out.json'], /There is no folder nowhere\./],
    [
      'a file that is not JSON',
      [report('broken', '{\n"version": 1,,\n}')],
      /is not JSON \(line 2, column 1\d\)/,
    ],
    [
      'an unknown key',
      [report('key', { version: 1, kind: 'kpis', range, colour: 1 })],
      /unknown key "colour"/,
    ],
    ['an unknown kind', [report('kind', { version: 1, kind: 'pie', range })], /kind/],
    ['CSV of two reports', [kpis, trend, '--format', 'csv'], /CSV is one table/],
    ['a file of more than 1 MB', [report('large', ' '.repeat(1024 * 1024 + 1))], /is larger than 1 MB/],
    [
      'a mapping of more than 1 MB',
      [kpis, '--mapping', report('mapping', ' '.repeat(1024 * 1024 + 1))],
      /is larger than 1 MB/,
    ],
    // a device has no size, and no end
    ...(process.platform === 'linux'
      ? [['a file without an end', ['/dev/zero'], /is larger than 1 MB/] as const]
      : []),
    ['an unknown format', [kpis, '--format', 'xml'], /Allowed choices are json, csv, table/],
    ['an unknown option', [kpis, '--fast'], /unknown option '--fast'/],
    ['a repeat of nothing', [kpis, '--repeat', '0'], /Allowed is a whole number from 1 on/],
    ['an unknown mapping', [kpis, '--mapping', 'mine'], /There is no mapping "mine": allowed are waymark/],
    ['a folder without columns', [kpis, '--store', 'x'], /holds no columns/],
    ['an unknown profile', [kpis, '--profile', 'x'], /profile|saved connection/],
  ])('ends with 2 and a sentence for %s', async (_what, args, sentence) => {
    const isProfile = args.includes('--profile');
    const outcome = await runCli(['run', ...args, ...(isProfile ? [] : ['--uri', uri]), '--db', database], {
      now: NOW,
      env: { WAYMARK_USER_DATA_DIR: folder },
    });
    expect(outcome.exitCode).toBe(2);
    expect(outcome.stdout).toBe('');
    expect(outcome.stderr).toMatch(sentence);
    expect(outcome.stderr).toMatch(/^waymark: /);
  });

  it('ends with 1 when nothing answers, within ten seconds, without telling the password', async () => {
    const startedAt = Date.now();
    const outcome = await runCli(['run', kpis, '--uri', 'mongodb://me:secret@127.0.0.1:9/x']);
    expect(outcome.exitCode).toBe(1);
    expect(outcome.stderr).toMatch(/Nothing answers at 127\.0\.0\.1:9/);
    expect(outcome.stderr).not.toContain('secret');
    expect(Date.now() - startedAt).toBeLessThan(10_000);
  });

  it('ends with 1 when the database has no events', async () => {
    const outcome = await runCli(['run', kpis, '--uri', uri, '--db', 'cliRunEmpty']);
    expect(outcome.exitCode).toBe(1);
    expect(outcome.stderr).toMatch(/"cliRunEmpty" is empty or does not exist/);
  });
});

describe('waymark run, cancelled', () => {
  it('ends the operation on the server', async () => {
    // A condition that takes the server some seconds for these events.
    const slow = report('slow', {
      version: 1,
      title: 'slow one',
      kind: 'trend',
      range: { from: '2020-01-01', to: '2026-12-31', timezone: 'UTC' },
      filters: Array.from({ length: 40 }, (_, index) => ({
        anyOf: Array.from({ length: 49 }, (__, inner) => ({
          field: 'page.url',
          op: 'contains',
          value: `${index}x${inner}`.repeat(20),
        })).concat({ field: 'page.url', op: 'contains', value: 'shop' }),
      })),
    });
    const admin = client.db('admin');
    const running = async (): Promise<number> => {
      const operations = await admin
        .aggregate([
          { $currentOp: {} },
          { $match: { 'command.comment': 'waymark trend "slow one"', active: true } },
        ])
        .toArray();
      return operations.length;
    };
    const controller = new AbortController();
    const outcome = runCli(['run', slow, '--repeat', '200', '--uri', uri, '--db', database], {
      now: NOW,
      signal: controller.signal,
    });
    for (let turn = 0; turn < 500 && (await running()) === 0; turn += 1) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    controller.abort();
    const { exitCode, stdout, stderr } = await outcome;
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(/cancelled/);
    for (let turn = 0; turn < 100 && (await running()) > 0; turn += 1) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(await running()).toBe(0);
  });
});
