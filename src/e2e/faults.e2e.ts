import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
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

/** Starts a run that takes long enough to have something happen in the middle of it; never rejects. */
const runSlow = (title: string): Promise<unknown> =>
  app.window.evaluate(
    (report) =>
      (globalThis as unknown as PageGlobals).waymark.call({
        id: report.title,
        channel: 'report.run',
        request: { report: report as never, engine: 'pipeline' },
      }) as never,
    {
      version: 1,
      title,
      kind: 'funnel',
      range: { from: '2026-04-01', to: '2026-06-28' },
      steps: Array.from({ length: 12 }, () => '*'),
      order: 'any',
    },
  );

describe('when something breaks', () => {
  it('a crash of the analytics process fails the run with a sentence; the next run works', async () => {
    const pid = await app.analyticsPid();
    const running = runSlow('crash');
    await expect.poll(() => operations('crash'), { timeout: 20_000, interval: 20 }).toBeGreaterThan(0);
    process.kill(pid, 'SIGKILL');
    expect(await running).toMatchObject({
      ok: false,
      error: {
        code: 'connectionLost',
        message: expect.stringMatching(/analytics process stopped.*run again/),
      },
    });
    expect((await app.call('report.run', { report: kpis })).kind).toBe('kpis');
    expect(await app.analyticsPid()).not.toBe(pid);
  });

  it('a clock that is set forth and back changes what “last” means, and nothing else', async () => {
    const last = { version: 1, kind: 'kpis', range: { last: '7d' } } as never;
    const setClock = (offsetMs: number): Promise<void> =>
      app.electron.evaluate((_electron, offset) => {
        const real = performance.timeOrigin;
        Date.now = () => Math.round(real + performance.now() + offset);
      }, offsetMs);
    const days = 24 * 60 * 60_000;
    for (const offset of [400 * days, -400 * days, 0]) {
      await setClock(offset);
      const { provenance } = await app.call('report.run', { report: last });
      expect(Math.abs(Date.parse(provenance.generatedAt) - (Date.now() + offset))).toBeLessThan(days);
      await app.call('settings.set', { weekStart: offset === 0 ? 'monday' : 'sunday' });
    }
    expect((await app.call('report.run', { report: kpis })).kind).toBe('kpis');
  });

  it('a machine that slept goes on where it was', async ({ skip }) => {
    if (process.platform === 'win32') skip('needs signals that stop a process');
    const pids = await app.electron.evaluate(({ app: electronApp }) =>
      electronApp.getAppMetrics().map(({ pid }) => pid),
    );
    const running = runSlow('sleep');
    for (const pid of pids) process.kill(pid, 'SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    for (const pid of pids) process.kill(pid, 'SIGCONT');
    expect(await running).toMatchObject({ ok: true });
    expect((await app.call('report.run', { report: kpis })).kind).toBe('kpis');
  });

  it('a full disk is a sentence, leaves nothing half written and the app at work', async ({ skip }) => {
    const small = mkdtempSync(path.join(tmpdir(), 'waymark-full-'));
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', small]).status === 0;
    if (!mounted) skip('needs the right to mount a small disk');
    try {
      writeFileSync(path.join(small, 'filler'), Buffer.alloc(40 * 1024));
      writeFileSync(path.join(small, 'users.csv'), 'what was there before');
      await app.electron.evaluate(
        ({ dialog }, file) => {
          dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath: file });
        },
        path.join(small, 'users.csv'),
      );
      const users = {
        version: 1,
        kind: 'users',
        range: { from: '2026-04-01', to: '2026-06-28' },
        limit: 1_000,
      };
      await expect(
        app.call('export.csv', { report: users as never, suggestedName: 'users' }),
      ).rejects.toMatchObject({ code: 'badInput', message: expect.stringMatching(/the disk is full/) });
      const svg = `<svg xmlns="http://www.w3.org/2000/svg">${' '.repeat(60_000)}</svg>`;
      await expect(
        app.call('export.picture', { format: 'svg', svg, suggestedName: 'x' }),
      ).rejects.toMatchObject({ code: 'badInput', message: expect.stringMatching(/the disk is full/) });
      expect(readdirSync(small).sort()).toEqual(['filler', 'users.csv']);
      expect(readFileSync(path.join(small, 'users.csv'), 'utf8')).toBe('what was there before');
      expect((await app.call('report.run', { report: kpis })).kind).toBe('kpis');
    } finally {
      if (mounted) spawnSync('umount', [small]);
      rmSync(small, { recursive: true, force: true });
    }
  });

  it('a full disk loses nothing that was kept, and takes new things as soon as there is room', async ({
    skip,
  }) => {
    const folder = path.join(app.userData, 'library');
    mkdirSync(folder, { recursive: true });
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', folder]).status === 0;
    if (!mounted) skip('needs the right to mount a small disk');
    const keep = (id: string): Promise<{ segments: readonly { id: string }[] }> =>
      app.call('library.put', { shelf: 'segments', item: { id, name: id, filters: [] } });
    const kept = async (): Promise<string[]> =>
      (await app.call('library.get', {})).segments.map(({ id }) => id);
    try {
      await keep('first');
      const filler = path.join(folder, 'filler');
      const room = spawnSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=1k']);
      expect(room.stderr.toString()).toMatch(/No space left/);
      await expect(keep('second')).rejects.toMatchObject({
        code: 'badInput',
        message: expect.stringMatching(/could not be written: the disk is full/),
      });
      expect(await kept()).toEqual(['first']);
      rmSync(filler);
      await keep('third');
      expect(await kept()).toEqual(['first', 'third']);
      expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    } finally {
      spawnSync('umount', [folder]);
    }
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
    const running = runSlow('gone');
    await expect.poll(() => operations('gone'), { timeout: 20_000, interval: 20 }).toBeGreaterThan(0);
    await member?.kill();
    expect(await running).toMatchObject({
      ok: false,
      error: {
        code: expect.stringMatching(/connectionLost|unreachable/),
        message: expect.stringMatching(/\.$/),
      },
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
