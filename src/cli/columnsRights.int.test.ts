import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MongoClient, type Document } from 'mongodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startMongod, type RunningMongod } from '../../scripts/mongod/startMongod';
import { provideMongod } from '../../scripts/provide/mongod.mjs';
import { startReplicaSet, type ReplicaSet } from '../../scripts/testing/mongod';
import { generateSample } from '../analytics/sample/generate';
import type { AnyResult } from '../shared/reports/result';
import { runCli } from './testing/runCli';

const NOW = Date.UTC(2026, 2, 1);
const PASSWORD = 'secret';
let set: ReplicaSet;
let locked: RunningMongod;
let admin: MongoClient;
let folder: string;
let report: string;

const uriOf = (user: string): string =>
  `mongodb://${user}:${PASSWORD}@${locked.host}/?directConnection=true&authSource=admin`;
const as = (user: string): string[] => ['--uri', uriOf(user), '--db', 'shop'];

/** What a report says, and who answered. */
async function ask(args: readonly string[]) {
  const outcome = await runCli(['run', report, ...args], { now: NOW });
  const { data, provenance } = JSON.parse(outcome.stdout) as AnyResult;
  return { data, executor: provenance.executor, why: provenance.why };
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'waymark-rights-'));
  report = path.join(folder, 'kpis.report.json');
  const range = { from: '2026-01-01', to: '2026-03-01', timezone: 'Europe/Berlin' };
  await writeFile(report, JSON.stringify({ version: 1, kind: 'kpis', range }));
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

it('who may only read builds a folder that answers, and nothing in the database', async () => {
  const store = ['--store', path.join(folder, 'store')];
  expect(await runCli(['columns', 'build', ...store, ...as('reader')], { now: NOW })).toMatchObject({
    exitCode: 0,
  });
  const expected = await ask([...as('reader'), '--engine', 'pipeline']);
  expect(await ask(store)).toMatchObject({ data: expected.data, executor: 'columns' });

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
});
