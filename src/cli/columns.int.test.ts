import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { AnyResult } from '../shared/reports/result';
import { generateSample } from '../analytics/sample/generate';
import { CACHE_VARIABLE } from '../analytics/columns/cache/cacheFolder';
import { runCli } from './testing/runCli';

const DATABASE = 'cli_columns';
const NOW = Date.UTC(2026, 2, 1);
const RANGE = { from: '2026-01-01', to: '2026-02-28', timezone: 'Europe/Berlin' };
const REPORTS = {
  kpis: { compare: 'previous', users: { kpi: 'newUsers' } },
  trend: { measure: 'users', breakdown: 'device', interval: 'week' },
  funnel: { steps: ['product_view', 'add_to_cart', 'purchase'], breakdown: 'country', users: { step: 2 } },
};

let folder: string;
let client: MongoClient;
const connection = (): string[] => ['--uri', inject('mongoUri'), '--db', DATABASE];
const file = (kind: string): string => path.join(folder, `${kind}.report.json`);
const store = (): string[] => ['--store', path.join(folder, 'store')];

beforeAll(async () => {
  client = await MongoClient.connect(inject('mongoUri'));
  await client.db(DATABASE).dropDatabase();
  folder = await mkdtemp(path.join(tmpdir(), 'waymark-cli-columns-'));
  const lines = [...generateSample({ seed: 3, events: 4_000, endAt: NOW })];
  const events = path.join(folder, 'events.ndjson');
  await writeFile(events, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  expect((await runCli(['import', events, ...connection()])).exitCode).toBe(0);
  for (const [kind, keys] of Object.entries(REPORTS)) {
    await writeFile(file(kind), JSON.stringify({ version: 1, kind, range: RANGE, ...keys }));
  }
});
afterAll(async () => {
  await client.db(DATABASE).dropDatabase();
  await client.close();
  await rm(folder, { recursive: true });
});

describe('waymark columns', () => {
  it('builds a folder that answers reports without a server, like the database does', async () => {
    const built = await runCli(['columns', 'build', ...store(), ...connection()], { now: NOW });
    expect(built).toMatchObject({ exitCode: 0 });
    expect(JSON.parse(built.stdout)).toMatchObject({
      events: await client.db(DATABASE).collection('events').countDocuments(),
    });
    for (const kind of Object.keys(REPORTS)) {
      const fromDatabase = await runCli(['run', file(kind), ...connection()], { now: NOW });
      const fromColumns = await runCli(['run', file(kind), ...store()], { now: NOW });
      const expected = JSON.parse(fromDatabase.stdout) as AnyResult;
      const actual = JSON.parse(fromColumns.stdout) as AnyResult;
      expect(actual.provenance.executor).toBe('columns');
      expect(actual.data).toEqual(expected.data);
      expect(actual.users).toEqual(expected.users);
      expect(actual.definition).toEqual(expected.definition);
    }
  });

  it('finds and repairs blocks that events have left behind', async () => {
    await runCli(['columns', 'build', ...store(), ...connection()]);
    await client.db(DATABASE).collection('events').deleteOne({ eventType: 'purchase' });
    const verified = await runCli(['columns', 'verify', ...store(), ...connection()]);
    expect(JSON.parse(verified.stdout)).toMatchObject({ repaired: 1 });
    const again = await runCli(['columns', 'verify', ...store(), ...connection()]);
    expect(JSON.parse(again.stdout)).toMatchObject({ repaired: 0, removed: 0 });
  });

  it('answers by a property once it is declared, and says so before', async () => {
    const report = { version: 1, kind: 'trend', range: RANGE, breakdown: 'properties.category' };
    await writeFile(file('declared'), JSON.stringify(report));
    const before = await runCli(['run', file('declared'), ...store()], { now: NOW });
    expect(before).toMatchObject({ exitCode: 2, stdout: '' });
    expect(before.stderr).toContain('properties.category is not a column');
    await runCli(['columns', 'declare', 'properties.category:text', ...store(), ...connection()]);
    const after = await runCli(['run', file('declared'), ...store()], { now: NOW });
    const expected = await runCli(['run', file('declared'), ...connection()], { now: NOW });
    expect((JSON.parse(after.stdout) as AnyResult).data).toEqual(
      (JSON.parse(expected.stdout) as AnyResult).data,
    );
  });

  it('says what is missing', async () => {
    expect(await runCli(['columns', 'status', ...connection()])).toMatchObject({ exitCode: 2 });
    expect(await runCli(['columns', 'declare', ...connection()])).toMatchObject({ exitCode: 2 });
    expect(await runCli(['columns', 'status', '--store', path.join(folder, 'none')])).toMatchObject({
      exitCode: 2,
    });
    expect(await runCli(['columns', 'declare', 'amount:money', ...store(), ...connection()])).toMatchObject({
      exitCode: 2,
    });
  });
});

describe('waymark columns in the database', () => {
  const status = async (): Promise<Record<string, unknown>> =>
    JSON.parse((await runCli(['columns', 'status', ...connection()])).stdout) as Record<string, unknown>;

  it('builds, answers as the pipeline does, follows changes, verifies, and clears', async () => {
    const built = await runCli(['columns', 'build', ...connection()], { now: NOW });
    expect(built).toMatchObject({ exitCode: 0 });
    const events = await client.db(DATABASE).collection('events').countDocuments();
    expect(JSON.parse(built.stdout)).toMatchObject({ events, dirtyHours: 0, complete: true });
    const answers = async (kind: string): Promise<void> => {
      const run = (engine: string) =>
        runCli(['run', file(kind), '--engine', engine, ...connection()], { now: NOW });
      const expected = JSON.parse((await run('pipeline')).stdout) as AnyResult;
      const actual = JSON.parse((await run('auto')).stdout) as AnyResult;
      expect(actual.provenance.executor).toBe('columns');
      expect(actual.data).toEqual(expected.data);
      expect(actual.users).toEqual(expected.users);
    };
    // Copies of the blocks serve the next process, and are wiped by a command.
    process.env[CACHE_VARIABLE] = path.join(folder, 'blocks');
    for (const kind of Object.keys(REPORTS)) await answers(kind);
    const copies = async (): Promise<number> => {
      const files = await readdir(path.join(folder, 'blocks'), { recursive: true });
      return files.filter((name) => /[0-9a-f]{64}$/.test(name)).length;
    };
    const blocks = await client.db(DATABASE).collection('columnBlocks').countDocuments();
    expect(await copies()).toBeGreaterThan(0);
    expect(await copies()).toBeLessThanOrEqual(blocks);
    const wiped = await runCli(['columns', 'clear', '--cache']);
    expect(wiped).toMatchObject({ exitCode: 0 });
    expect(await copies()).toBe(0);
    process.env[CACHE_VARIABLE] = 'off';
    const writing = { writeConcern: { w: 'majority' as const } };
    await client.db(DATABASE).collection('events', writing).deleteOne({ eventType: 'purchase' });
    await answers('funnel');
    expect(Number((await status())['dirtyHours'])).toBeGreaterThan(0);

    await runCli(['columns', 'declare', 'properties.category:string', ...connection()]);
    expect(await status()).toMatchObject({ dirtyHours: 0, properties: ['properties.category:text'] });
    await answers('declared');

    const books = client.db(DATABASE).collection<{ _id: string; parts?: unknown[] }>('columnBuckets');
    const day = await books.findOne({ 'parts.rows': { $gt: 0 } });
    // What only a damaged database could do: a day forgets what it held.
    await books.updateOne({ _id: day?._id ?? '' }, { $set: { parts: [] } });
    const verified = await runCli(['columns', 'verify', ...connection()]);
    expect(JSON.parse(verified.stdout)).toMatchObject({ repaired: 1, events: events - 1 });
    const again = await runCli(['columns', 'verify', ...connection()]);
    expect(JSON.parse(again.stdout)).toMatchObject({ repaired: 0 });

    await runCli(['columns', 'clear', ...connection()]);
    expect(await runCli(['columns', 'status', ...connection()])).toMatchObject({ exitCode: 2 });
    const after = await runCli(['run', file('kpis'), ...connection()], { now: NOW });
    const { provenance } = JSON.parse(after.stdout) as AnyResult;
    expect(provenance.executor).toBe('pipeline');
    expect(provenance.why).toContain('no columns have been built');
  });

  it('keeps them in another database, through any mapping, with the events left alone', async () => {
    const columnsDb = `${DATABASE}_columns`;
    const own = ['--columns-db', columnsDb];
    const built = await runCli(['columns', 'build', ...own, ...connection()], { now: NOW });
    expect(built).toMatchObject({ exitCode: 0 });
    const found = await runCli(['run', file('kpis'), ...own, ...connection()], { now: NOW });
    expect((JSON.parse(found.stdout) as AnyResult).provenance.executor).toBe('columns');
    expect(await client.db(DATABASE).collection('columnBlocks').countDocuments()).toBe(0);
    await client.db(columnsDb).dropDatabase();
  });
});
