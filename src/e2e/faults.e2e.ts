import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startReplicaSet, type ReplicaSet } from '../../scripts/testing/mongod';
import { launchApp, waitUntilOpen, type PageGlobals, type RunningApp } from './harness/app';
import { fillShop } from './harness/shop';

const kpis = { version: 1, kind: 'kpis', range: { from: '2026-06-01', to: '2026-06-28' } } as never;
let mongo: ReplicaSet;
let app: RunningApp;
let client: MongoClient;

beforeAll(async () => {
  mongo = await startReplicaSet();
  await fillShop({ uri: mongo.uri, database: 'shop', events: 20_000 });
  client = new MongoClient(mongo.uri);
  app = await launchApp({ args: ['--uri', mongo.uri, '--db', 'shop'] });
  await waitUntilOpen(app.window);
});
afterAll(async () => {
  await app.close();
  await client.close();
  await mongo.stop();
});

/** Operations of Waymark that the server is working on. */
async function operations(comment: string): Promise<number> {
  const reply = await client
    .db('admin')
    .aggregate([{ $currentOp: { allUsers: true } }, { $match: { 'command.comment': { $regex: comment } } }])
    .toArray();
  return reply.length;
}

describe('cancelling', () => {
  it('answers at once and ends the work on the server', async () => {
    const slow = {
      version: 1,
      title: 'slow one',
      kind: 'funnel',
      range: { from: '2026-04-01', to: '2026-06-28' },
      steps: Array.from({ length: 12 }, () => '*'),
      order: 'any',
    };
    const outcome = await app.window.evaluate(async (report) => {
      const { waymark } = globalThis as unknown as PageGlobals;
      const startedAt = Date.now();
      const running = waymark.call({
        id: 'slow',
        channel: 'report.run',
        request: { report: report as never },
      });
      await new Promise((resolve) => setTimeout(resolve, 150));
      waymark.cancel('slow');
      const reply = await running;
      return { reply, elapsedMs: Date.now() - startedAt } as never;
    }, slow);
    const { reply, elapsedMs } = outcome as {
      reply: { ok: boolean; error?: { code: string } };
      elapsedMs: number;
    };
    // On a fast machine the answer may have been there first; then there was nothing to cancel.
    if (!reply.ok) expect(reply.error?.code).toBe('cancelled');
    expect(elapsedMs).toBeLessThan(5_000);
    await expect.poll(() => operations('slow one'), { timeout: 5_000 }).toBe(0);
    expect((await app.call('report.run', { report: kpis })).kind).toBe('kpis');
  });
});

describe('when something breaks', () => {
  it('a crash of the analytics process fails the run with a sentence; the next run works', async () => {
    const pid = await app.electron.evaluate(
      ({ app: electronApp }) =>
        electronApp
          .getAppMetrics()
          .find(({ serviceName, name }) => /analytics/i.test(`${serviceName} ${name}`))?.pid,
    );
    expect(pid).toBeGreaterThan(0);
    process.kill(pid ?? 0, 'SIGKILL');
    await expect
      .poll(() => app.call('report.run', { report: kpis }).then((result) => result.kind), { timeout: 20_000 })
      .toBe('kpis');
  });

  it('a crashed page is loaded again and is still connected', async () => {
    const reloaded = app.window.waitForEvent('load', { timeout: 20_000 }).catch(() => undefined);
    await app.electron.evaluate(({ BrowserWindow }) => {
      BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer();
    });
    await reloaded;
    const alive = await app.electron.evaluate(async ({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents;
      for (let attempt = 0; attempt < 50; attempt += 1) {
        const answer = await contents
          ?.executeJavaScript(
            `window.waymark.call({ id: 'after-${attempt}', channel: 'workspace.status', request: {} })`,
          )
          .catch(() => undefined);
        if (answer) return answer as unknown;
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
      return undefined;
    });
    expect(alive).toMatchObject({ ok: true, value: { state: 'open' } });
  });

  it('a database that goes away is a sentence, and runs work again when it is back', async () => {
    const [member] = mongo.members;
    await app.close();
    app = await launchApp({ args: ['--uri', mongo.uri, '--db', 'shop'] });
    await waitUntilOpen(app.window);
    await member?.kill();
    await expect(app.call('report.run', { report: kpis })).rejects.toMatchObject({
      code: expect.stringMatching(/connectionLost|unreachable/),
    });
    await member?.start();
    await expect
      .poll(() => app.call('report.run', { report: kpis }).then((result) => result.kind, String), {
        timeout: 40_000,
        interval: 1_000,
      })
      .toBe('kpis');
  });
});
