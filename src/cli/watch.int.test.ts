import { mkdtemp, rm } from 'node:fs/promises';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { MongoClient, type Db } from 'mongodb';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { build } from '../../scripts/build.mjs';
import { rowsOfEvents, rowsOfSnapshot } from '../analytics/columns/testing/rowsOf';
import { openFolderSnapshot } from '../analytics/columns/store/folderSnapshot';
import { FolderStore } from '../analytics/columns/store/folderStore';
import { openSource } from '../analytics/source/openSource';
import { runCli } from './testing/runCli';

const DATABASE = 'cli_watch';
const WAYMARK = path.resolve(import.meta.dirname, 'bin.mjs');
const WAIT = { timeout: 60_000, interval: 100 };

let client: MongoClient;
let db: Db;
let folder: string;
const running = new Set<ChildProcess>();

interface Watching {
  readonly child: ChildProcess;
  text(): string;
}

/** The command itself, as a process of its own. */
function watch(...args: readonly string[]): Watching {
  const command = [WAYMARK, 'columns', 'build', '--watch', '--uri', inject('mongoUri'), '--db', DATABASE];
  const child = spawn(process.execPath, [...command, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  running.add(child);
  child.once('exit', () => running.delete(child));
  let text = '';
  child.stderr?.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
  return { child, text: () => text };
}

async function end({ child, text }: Watching, signal: NodeJS.Signals): Promise<void> {
  const ended = once(child, 'exit');
  child.kill(signal);
  expect([await ended, text()]).toEqual([[0, null], expect.any(String)]);
}

let inserted = 0;
/** Each on a day of its own: what has been built a moment ago is left alone for some seconds. */
const insert = (): Promise<unknown> =>
  db.collection('events').insertOne({
    _id: `e${inserted++}` as never,
    userId: `u${inserted % 5}`,
    eventType: 'page_view',
    timestamp: new Date(Date.UTC(2026, 0, 1 + inserted)),
    receivedAt: new Date(),
    properties: {},
  });

beforeAll(async () => {
  await build(() => undefined);
  client = await MongoClient.connect(inject('mongoUri'), { writeConcern: { w: 'majority' } });
  db = client.db(DATABASE);
  await db.dropDatabase();
  for (let times = 0; times < 12; times++) await insert();
  folder = await mkdtemp(path.join(tmpdir(), 'waymark-watch-'));
}, 120_000);
afterAll(async () => {
  for (const child of running) child.kill('SIGKILL');
  await db.dropDatabase();
  await client.close();
  await rm(folder, { recursive: true });
});

describe('waymark columns build --watch, as a process of its own', () => {
  it('keeps the database’s columns up until SIGINT or SIGTERM, which are no failures', async () => {
    const expectBuilt = (): Promise<void> =>
      vi.waitFor(async () => {
        const { stdout } = await runCli(['columns', 'status', '--uri', inject('mongoUri'), '--db', DATABASE]);
        expect(JSON.parse(stdout)).toMatchObject({ events: inserted, complete: true, dirtyHours: 0 });
      }, WAIT);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      const watching = watch();
      await vi.waitFor(() => expect(watching.text()).toContain('Watching'), WAIT);
      await expectBuilt();
      await insert();
      await expectBuilt();
      await end(watching, signal);
    }
  }, 150_000);

  it('keeps a folder up, survives being killed, and ends at SIGINT or SIGTERM', async () => {
    const store = path.join(folder, 'store');
    const source = await openSource({ uri: inject('mongoUri'), database: DATABASE });
    const expectBuilt = (): Promise<void> =>
      vi.waitFor(async () => {
        const snapshot = await openFolderSnapshot(new FolderStore(store));
        expect(await rowsOfSnapshot(snapshot)).toEqual(await rowsOfEvents(source));
      }, WAIT);
    for (const signal of ['SIGKILL', 'SIGINT', 'SIGTERM'] as const) {
      const watching = watch('--store', store);
      await vi.waitFor(() => expect(watching.text()).toContain('Watching'), WAIT);
      await expectBuilt();
      await insert();
      await expectBuilt();
      expect(watching.text()).toMatch(/1 changes, 1 day built/);
      if (signal !== 'SIGKILL') {
        await end(watching, signal);
        continue;
      }
      // Another one is refused as long as this one lives.
      const connection = ['--uri', inject('mongoUri'), '--db', DATABASE];
      const other = await runCli(['columns', 'build', ...connection, '--store', store]);
      expect(other).toMatchObject({ exitCode: 2 });
      expect(other.stderr).toContain('is building');
      // Killed about when it takes over the next event, it leaves the one state or the other.
      const before = await rowsOfEvents(source);
      await insert();
      await pause(700 + Math.random() * 500);
      const ended = once(watching.child, 'exit');
      watching.child.kill(signal);
      await ended;
      const left = await rowsOfSnapshot(await openFolderSnapshot(new FolderStore(store)));
      expect([before, await rowsOfEvents(source)]).toContainEqual(left);
    }
    await source.close();
  }, 150_000);
});
