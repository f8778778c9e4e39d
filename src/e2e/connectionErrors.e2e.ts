import { createServer, type Server, type Socket } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MongoClient } from 'mongodb';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { freePort } from '../../scripts/processes/freePort.mjs';
import { launchApp, type LaunchOptions, type RunningApp } from './harness/app';
import { startLockedMongo, type LockedMongo } from './harness/lockedMongo';

const uri = inject('mongoUri');
/** Connection attempts give up after 8 s; the rest is for drawing on a busy machine. */
const SHOWN_WITHIN_MS = 12_000;

const folder = mkdtempSync(path.join(tmpdir(), 'waymark-errors-'));
let silent: Server;
let silentPort = 0;
let locked: LockedMongo;
const sockets = new Set<Socket>();
let app: RunningApp | undefined;

beforeAll(async () => {
  locked = await startLockedMongo();
  silentPort = await freePort();
  silent = createServer((socket) => sockets.add(socket)).listen(silentPort, '127.0.0.1');
});
afterEach(async () => {
  await app?.close();
  app = undefined;
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  silent.close();
  await locked.stop();
  rmSync(folder, { recursive: true });
});

/** Starts the app and waits until the window shows a sentence; then the app must still answer. */
async function expectSentence(sentence: RegExp, options: LaunchOptions): Promise<void> {
  app = await launchApp(options);
  const { window } = app;
  await window.getByText(sentence).first().waitFor({ timeout: SHOWN_WITHIN_MS });
  const text = await window.evaluate('document.documentElement.outerHTML');
  expect(text).not.toContain('hunter2');
  expect(await window.title()).toBe('Waymark');
  expect((await app.call('settings.get', {})).theme).toBe('system');
}

describe('what goes wrong while connecting is a sentence in the window', () => {
  it('a port where nothing listens', async () => {
    const port = await freePort();
    await expectSentence(/Nothing answers at 127\.0\.0\.1:\d+: the connection was refused/, {
      args: ['--uri', `mongodb://127.0.0.1:${port}/?directConnection=true`],
    });
  });

  it('a server that accepts and never answers', async () => {
    await expectSentence(/No answer from MongoDB at 127\.0\.0\.1:\d+ within 8 s/, {
      args: ['--uri', `mongodb://127.0.0.1:${silentPort}/?directConnection=true`],
    });
  });

  it('a wrong password', async () => {
    await expectSentence(/refused the login/, {
      env: { WAYMARK_URI: `mongodb://ana:hunter2@127.0.0.1:${locked.port}/?directConnection=true` },
    });
  });

  it('a database without our collections', async () => {
    const client = new MongoClient(uri);
    await client.db('e2eOther').collection('invoices').insertOne({});
    try {
      await expectSentence(/has no collection "events".*It has: invoices/, {
        args: ['--uri', uri, '--db', 'e2eOther'],
      });
    } finally {
      await client.db('e2eOther').dropDatabase();
      await client.close();
    }
  });

  it('an address that is none', async () => {
    await expectSentence(/not one of MongoDB/, { args: ['--uri', 'http://ana:hunter2@host'] });
  });
});

describe('what is wrong with a report file is a sentence in the window', () => {
  const start = (name: string, content: string): LaunchOptions => {
    const file = path.join(folder, `${name}.report.json`);
    writeFileSync(file, content);
    return { args: ['--report', file] };
  };

  it('a file that is not JSON', async () => {
    await expectSentence(/broken\.report\.json is not JSON/, start('broken', '{"version": 1,'));
  });

  it('an unknown zone', async () => {
    const report = { version: 1, kind: 'kpis', range: { last: '7d', timezone: 'Mars/Base' } };
    await expectSentence(/range.*unknown time zone/, start('zone', JSON.stringify(report)));
  });

  it('an unknown key', async () => {
    const report = { version: 1, kind: 'kpis', range: { last: '7d' }, colour: 'red' };
    await expectSentence(/unknown key "colour"/, start('key', JSON.stringify(report)));
  });

  it('a file that is not there', async () => {
    await expectSentence(/gone\.report\.json could not be read: it is no longer there/, {
      args: ['--report', path.join(folder, 'gone.report.json')],
    });
  });
});
