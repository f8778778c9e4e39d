import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MongoClient, type Document } from 'mongodb';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startMongod, type RunningMongod } from '../../scripts/mongod/startMongod';
import { provideMongod } from '../../scripts/provide/mongod.mjs';
import { startReplicaSet, type ReplicaSet } from '../../scripts/testing/mongod';
import { FolderStore } from '../analytics/columns/store/folderStore';
import { readPublished } from '../analytics/columns/store/loadStore';
import { generateSample } from '../analytics/sample/generate';
import type { AnyResult } from '../shared/reports/result';
import { runCli } from './testing/runCli';

const NOW = Date.UTC(2026, 2, 1);
const PASSWORD = 'secret';
let set: ReplicaSet;
let locked: RunningMongod;
let admin: MongoClient;
let folder: string;
let report: (kind: string) => string;

const uriOf = (user: string): string =>
  `mongodb://${user}:${PASSWORD}@${locked.host}/?directConnection=true&authSource=admin`;
const as = (user: string): string[] => ['--uri', uriOf(user), '--db', 'shop'];

const STEPS = ['product_view', 'add_to_cart', 'purchase'];
/** Every kind of report, by what it asks beside the range. */
const KINDS: Readonly<Record<string, Record<string, unknown>>> = {
  kpis: { compare: 'previous' },
  trend: { measure: 'users', breakdown: 'device', interval: 'week' },
  funnel: { steps: STEPS, breakdown: 'country' },
  paths: { start: 'product_view' },
  retention: { start: 'product_view', interval: 'week' },
  users: { sort: '-events', limit: 20 },
  journey: {},
};

/** What a report says, and who answered. */
async function ask(args: readonly string[], kind = 'kpis') {
  const outcome = await runCli(['run', report(kind), ...args], { now: NOW });
  if (outcome.exitCode !== 0) throw new Error(outcome.stderr);
  const { data, provenance } = JSON.parse(outcome.stdout) as AnyResult;
  return { data, executor: provenance.executor, why: provenance.why };
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'waymark-rights-'));
  report = (kind) => path.join(folder, `${kind}.report.json`);
  set = await startReplicaSet();
  const [member] = set.members;
  if (!member) throw new Error('There is no server.');
  const open = await MongoClient.connect(set.uri);
  const events = new Map<string, Document>();
  for (const { messageId = '', timestamp, ...event } of generateSample({
    seed: 4,
    events: 1_500,
    endAt: NOW,
  })) {
    events.set(messageId, { ...event, _id: messageId, timestamp: new Date(timestamp) });
  }
  await open
    .db('shop')
    .collection('events')
    .insertMany([...events.values()]);
  const range = { from: '2026-01-01', to: '2026-03-01', timezone: 'Europe/Berlin' };
  const whose = (event: Document): boolean => event['eventType'] === 'purchase';
  const userId = String([...events.values()].find(whose)?.['userId']);
  for (const [kind, keys] of Object.entries(KINDS)) {
    const whom = kind === 'journey' ? { userId } : {};
    await writeFile(report(kind), JSON.stringify({ version: 1, kind, range, ...whom, ...keys }));
  }
  const accounts = [
    { createUser: 'root', roles: ['root'] },
    { createUser: 'reader', roles: [{ role: 'read', db: 'shop' }] },
    {
      createUser: 'analyst',
      roles: [
        { role: 'read', db: 'shop' },
        { role: 'readWrite', db: 'desk' },
      ],
    },
  ];
  for (const account of accounts) await open.db('admin').command({ ...account, pwd: PASSWORD });
  await open.close();
  // The same data again, behind a lock.
  await member.stop();
  const keyFile = path.join(folder, 'key');
  await writeFile(keyFile, randomBytes(90).toString('base64'), { mode: 0o600 });
  const { path: mongod } = await provideMongod();
  const { dataFolder, port } = member;
  locked = await startMongod({ mongod, dataFolder, port, args: ['--auth', '--keyFile', keyFile] });
  admin = await MongoClient.connect(uriOf('root'));
});

afterAll(async () => {
  await admin.close();
  await locked.process.stop();
  await set.stop();
  await rm(folder, { recursive: true });
});

const collections = async (): Promise<string[]> =>
  (await admin.db('shop').listCollections().toArray()).map(({ name }) => String(name)).sort();

it('who may only read builds a folder that answers and follows, and nothing in the database', async () => {
  const place = path.join(folder, 'store');
  const store = ['--store', place];
  const control = new AbortController();
  const watching = runCli(['columns', 'build', '--watch', ...store, ...as('reader')], {
    now: NOW,
    signal: control.signal,
  });
  const events = admin.db('shop').collection<{ _id: string }>('events', { writeConcern: { w: 'majority' } });
  // What nobody did is no event of a report, and in no block.
  const counted = { userId: { $type: 'string' as const } };
  const expectBuilt = (): Promise<void> =>
    vi.waitFor(
      async () => {
        const { blocks } = await readPublished(new FolderStore(place));
        expect(blocks.reduce((sum, { rows }) => sum + rows, 0)).toBe(await events.countDocuments(counted));
      },
      { timeout: 60_000, interval: 100 },
    );
  await expectBuilt();
  const copied = await events.findOne(counted);
  await events.insertOne({ ...copied, _id: 'while it watches' });
  await expectBuilt();
  control.abort();
  expect(await watching).toMatchObject({ exitCode: 0 });
  for (const kind of Object.keys(KINDS)) {
    const expected = await ask([...as('reader'), '--engine', 'pipeline'], kind);
    expect(await ask(store, kind)).toMatchObject({ data: expected.data, executor: 'columns' });
  }

  const refused = await runCli(['columns', 'build', ...as('reader')], { now: NOW });
  expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
  expect(refused.stderr).toContain('the role "readWrite" there');
  expect(await collections()).toEqual(['events']);
});

it('who may write to a database of their own keeps the columns there, and answers stay fresh', async () => {
  const desk = ['--columns-db', 'desk'];
  const built = await runCli(['columns', 'build', ...desk, ...as('analyst')], { now: NOW });
  expect(built).toMatchObject({ exitCode: 0 });
  const compare = async (): Promise<void> => {
    const expected = await ask([...as('analyst'), '--engine', 'pipeline']);
    expect(await ask([...as('analyst'), ...desk])).toMatchObject({
      data: expected.data,
      executor: 'columns',
    });
  };
  await compare();
  const writing = { writeConcern: { w: 'majority' as const } };
  const events = admin.db('shop').collection<{ _id: string }>('events', writing);
  const [copied] = await events.find().limit(1).toArray();
  await events.insertOne({ ...copied, _id: 'one more' });
  await compare();
  expect(await collections()).toEqual(['events']);

  const unread = await ask([...as('reader'), ...desk]);
  expect(unread).toMatchObject({ executor: 'pipeline' });
  expect(unread.why).toContain('this account may not read them');
  const status = await runCli(['columns', 'status', ...desk, ...as('reader')]);
  expect(status).toMatchObject({ exitCode: 2, stdout: '' });
  expect(status.stderr).toContain('this account may not read them');
});
