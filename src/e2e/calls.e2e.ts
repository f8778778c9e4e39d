import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ErrorEnvelope } from '../shared/errors';
import { CALLS, type Channel } from '../shared/ipc/contract';
import { launchApp, type PageGlobals, type RunningApp } from './harness/app';
import { fuzzChannel } from './harness/fuzzPage';

/** Random payloads for each channel. */
const PAYLOADS = process.env['WAYMARK_DEEP'] ? 10_000 : 300;
/** `window.open` would fill the screen. */
const CHANNELS = Object.keys(CALLS).filter((name) => name !== 'window.open') as Channel[];

let app: RunningApp;
let page: Page;

beforeAll(async () => {
  app = await launchApp();
  page = app.window;
  // Dialogs and the browser belong to the person; here they are closed at once.
  await app.electron.evaluate(({ dialog, shell }) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: true, filePaths: [] });
    dialog.showSaveDialog = () => Promise.resolve({ canceled: true, filePath: '' });
    shell.openExternal = () => Promise.resolve();
  });
});
afterAll(() => app.close());

type Answer = { ok: true } | { ok: false; error: ErrorEnvelope };

/** Sends raw messages over the bridge, as a compromised page could. */
const sendRaw = (messages: readonly unknown[]): Promise<Answer[]> =>
  page.evaluate(async (sent) => {
    const { waymark } = globalThis as unknown as PageGlobals;
    const answers = [];
    for (const message of sent) {
      const reply = await waymark.call(message as never);
      answers.push(reply.ok ? { ok: true } : { ok: false, error: reply.error });
    }
    return answers as never;
  }, messages);

/** Main is there, answers, and has one window. */
async function expectAlive(): Promise<void> {
  expect((await app.call('settings.get', {})).weekStart).toMatch(/day$/);
  const count = await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);
  expect(count).toBe(1);
}

const REFUSED = {
  ok: false,
  error: { code: 'badInput', message: 'This call does not come from a window of Waymark.' },
};

/** Loads a page in a window of its own with the app's preload, and makes a call from it. */
function callFromStranger(address: string, code: string, files: Record<string, string>): Promise<unknown> {
  return app.electron.evaluate(
    async ({ BrowserWindow, app: electronApp, session }, stranger) => {
      const path =
        process.getBuiltinModule?.('node:path') ??
        (process as never as { mainModule: NodeJS.Module }).mainModule.require('node:path');
      // A session whose pages this test writes, under the app's own scheme and without its policy.
      const own = session.fromPartition(`stranger-${Math.random()}`);
      own.protocol.registerBufferProtocol('waymark', ({ url }, respond) => {
        const data = Buffer.from(stranger.files[new URL(url).pathname] ?? '');
        respond({ mimeType: 'text/html', data });
      });
      const window = new BrowserWindow({
        show: false,
        webPreferences: {
          preload: path.join(electronApp.getAppPath(), 'out/preload/preload.cjs'),
          session: own,
          sandbox: true,
          nodeIntegrationInSubFrames: true,
        },
      });
      await window.loadURL(stranger.address);
      const reply: unknown = await window.webContents.executeJavaScript(stranger.code);
      window.destroy();
      return reply;
    },
    { address, code, files },
  );
}

const CALL = `waymark.call({ id: 'x', channel: 'settings.get', request: {} })`;
const FRAMED = { '/index.html': '<iframe src="/inner.html"></iframe>', '/inner.html': '<p>inside</p>' };

describe('a call', () => {
  it('from another origin is refused', async () => {
    expect(await callFromStranger('data:text/html,<p>elsewhere</p>', `window.${CALL}`, {})).toEqual(REFUSED);
  });

  it('from a sub-frame of the app’s own origin is refused, from its top frame not', async () => {
    const address = 'waymark://app/index.html';
    expect(await callFromStranger(address, `window.${CALL}`, FRAMED)).toMatchObject({ ok: true });
    expect(await callFromStranger(address, `window.frames[0].${CALL}`, FRAMED)).toEqual(REFUSED);
  });

  it('from a frame in the app’s page is impossible: it has no bridge', async () => {
    const inFrame = await page.evaluate(`new Promise((resolve) => {
      const frame = document.createElement('iframe');
      frame.srcdoc = '<p>inside</p>';
      frame.onload = () => resolve(typeof frame.contentWindow.waymark);
      document.body.append(frame);
      setTimeout(() => resolve('never loaded'), 2000);
    })`);
    expect(['undefined', 'never loaded']).toContain(inFrame);
  });

  it('that is none gets an error', async () => {
    const answers = await sendRaw([
      {},
      { id: 'a' },
      { id: '', channel: 'settings.get', request: {} },
      { id: 'b', channel: 'settings.drop', request: {} },
      { id: 'c', channel: '__proto__', request: {} },
      { id: 'd', channel: 'constructor', request: {} },
      { id: 'e', channel: ['settings.get'], request: {} },
      { id: 'x'.repeat(1000), channel: 'settings.get', request: {} },
    ]);
    for (const answer of answers) expect(answer).toMatchObject({ ok: false, error: { code: 'badInput' } });
  });

  it('whose few bytes unfold into more values than there is memory is refused at once', async () => {
    const answer = await page.evaluate(async () => {
      const { waymark } = globalThis as unknown as PageGlobals;
      let list: unknown = ['x'];
      for (let level = 0; level < 80; level += 1) list = [list, list];
      const reply = await waymark.call({ id: 'bomb', channel: 'report.run', request: list as never });
      return (reply.ok ? null : reply.error) as never;
    });
    expect(answer).toMatchObject({
      code: 'badInput',
      message: expect.stringMatching(/more than 500,000 values/),
    });
    await expectAlive();
  });

  it('with many megabytes of bytes is not looked at byte by byte', async () => {
    const answer = await page.evaluate(async () => {
      const { waymark } = globalThis as unknown as PageGlobals;
      const request = { format: 'png', bytes: new Uint8Array(48 * 1024 * 1024), suggestedName: 'x' } as const;
      const reply = await waymark.call({ id: 'bytes', channel: 'export.picture', request });
      return reply as never;
    });
    expect(answer).toMatchObject({ ok: true, value: null });
  });
});

describe('random payloads never harm the app', () => {
  it.each(CHANNELS)('on %s', async (channel) => {
    const { request } = CALLS[channel];
    const keys = 'shape' in request ? Object.keys(request.shape) : ['format', 'shelf', 'text', 'id', 'item'];
    const outcome = await fuzzChannel(page, channel, [...keys, 'version', 'kind', 'range'], PAYLOADS, 11);
    expect(outcome.faults).toEqual([]);
    expect(Object.values(outcome.codes).reduce((sum, count) => sum + count, 0)).toBe(PAYLOADS);
    expect(outcome.codes['badInput'] ?? 0).toBeGreaterThan(PAYLOADS / 10);
    await expectAlive();
  });

  it('on the wire for cancelling', async () => {
    await page.evaluate(() => {
      const { waymark } = globalThis as unknown as PageGlobals;
      const circle: Record<string, unknown> = {};
      circle['self'] = circle;
      for (const id of [null, 1, circle, [], 'x'.repeat(1e6), new Uint8Array(9), '__proto__', -0]) {
        waymark.cancel(id as never);
      }
    });
    await expectAlive();
  });
});
