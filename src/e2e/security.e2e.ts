import fc from 'fast-check';
import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CALLS, type Channel } from '../shared/ipc/contract';
import type { ErrorEnvelope } from '../shared/errors';
import { launchApp, type PageGlobals, type RunningApp } from './harness/app';

let app: RunningApp;
let page: Page;

beforeAll(async () => {
  app = await launchApp();
  page = app.window;
  // Dialogs and the browser belong to the person; here they are closed at once and counted.
  await app.electron.evaluate(({ dialog, shell }) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: true, filePaths: [] });
    dialog.showSaveDialog = () => Promise.resolve({ canceled: true, filePath: '' });
    shell.openExternal = (url) => {
      process.env['OPENED_EXTERNALLY'] = `${process.env['OPENED_EXTERNALLY'] ?? ''} ${url}`;
      return Promise.resolve();
    };
  });
});
afterAll(() => app.close());

const countWindows = (): Promise<number> =>
  app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);

type Answer = { ok: true } | { ok: false; error: ErrorEnvelope };

/** Sends raw messages over the bridge, as a compromised page could. */
const sendRaw = (messages: readonly unknown[], from: Page = page): Promise<Answer[]> =>
  from.evaluate(async (sent) => {
    const { waymark } = globalThis as unknown as PageGlobals;
    const answers = [];
    for (const message of sent) {
      const reply = await waymark.call(message as never);
      answers.push(reply.ok ? { ok: true } : { ok: false, error: reply.error });
    }
    return answers as never;
  }, messages);

describe('the page', () => {
  it('has no Node, no Electron and only the bridge', async () => {
    const found = await page.evaluate(
      `[typeof require, typeof process, typeof module, typeof Buffer, Object.keys(window.waymark).sort().join()]`,
    );
    expect(found).toEqual([
      'undefined',
      'undefined',
      'undefined',
      'undefined',
      'call,cancel,onEvent,onProgress',
    ]);
  });

  it('is sandboxed and isolated', async () => {
    const preferences = await app.electron.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents as unknown as {
        getLastWebPreferences(): Record<string, unknown>;
      };
      const { sandbox, contextIsolation, nodeIntegration, webviewTag, webSecurity } =
        contents.getLastWebPreferences();
      return { sandbox, contextIsolation, nodeIntegration, webviewTag, webSecurity };
    });
    expect(preferences).toEqual({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      webSecurity: true,
    });
  });

  it('may not evaluate text as code, nor run inline scripts', async () => {
    // Not through Playwright's own evaluation, which the policy does not bind.
    const outcome = await page.evaluate(`(async () => {
      const violations = [];
      document.addEventListener('securitypolicyviolation', (event) => violations.push(event.effectiveDirective));
      const script = document.createElement('script');
      script.textContent = 'window.inlineRan = true';
      document.body.append(script);
      const handler = document.createElement('img');
      handler.setAttribute('onerror', 'window.handlerRan = true');
      handler.src = 'data:image/png;base64,x';
      document.body.append(handler);
      const timer = await new Promise((resolve) => {
        try { setTimeout('window.timerRan = true', 0); } catch { /* refused at once is as good */ }
        setTimeout(resolve, 200);
      });
      return { violations, ran: [window.inlineRan, window.handlerRan, window.timerRan] };
    })()`);
    expect(outcome).toMatchObject({ ran: [undefined, undefined, undefined] });
    expect((outcome as { violations: string[] }).violations.length).toBeGreaterThanOrEqual(2);
  });

  it('reaches no network', async () => {
    const outcome = await page.evaluate(`Promise.all([
      fetch('https://example.com/').then(() => 'reached', () => 'refused'),
      fetch('http://127.0.0.1:9/').then(() => 'reached', () => 'refused'),
      fetch('file:///etc/passwd').then(() => 'reached', () => 'refused'),
      new Promise((resolve) => {
        const image = new Image();
        image.onload = () => resolve('reached');
        image.onerror = () => resolve('refused');
        image.src = 'https://example.com/x.png';
      }),
      new Promise((resolve) => {
        try {
          const socket = new WebSocket('ws://127.0.0.1:9/');
          socket.onopen = () => resolve('reached');
          socket.onerror = () => resolve('refused');
        } catch { resolve('refused'); }
      }),
    ])`);
    expect(outcome).toEqual(['refused', 'refused', 'refused', 'refused', 'refused']);
  });
});

describe('what a page could try', () => {
  it.each([
    ['location', `location.href = 'https://example.com/'`],
    ['a file', `location.href = 'file:///etc/passwd'`],
    [
      'a link',
      `{ const a = document.createElement('a'); a.href = 'https://example.com/'; document.body.append(a); a.click(); }`,
    ],
    [
      'a form',
      `{ const f = document.createElement('form'); f.action = 'https://example.com/'; document.body.append(f); f.submit(); }`,
    ],
    ['script as an address', `location.href = 'javascript:document.title="taken"'`],
  ])('navigating by %s is refused', async (_name, code) => {
    await page.evaluate(`(() => { ${code} })()`);
    await page.waitForTimeout(300);
    expect(new URL(page.url()).protocol).toBe('waymark:');
    expect(await page.evaluate('typeof window.waymark')).toBe('object');
    expect(await page.title()).not.toBe('taken');
  });

  it('new windows and webviews are refused', async () => {
    const opened = await page.evaluate(`[
      window.open('https://example.com/') === null,
      window.open('about:blank') === null,
      window.open('waymark://app/index.html') === null,
    ]`);
    expect(opened).toEqual([true, true, true]);
    await page.evaluate(`{
      const view = document.createElement('webview');
      view.setAttribute('src', 'https://example.com/');
      document.body.append(view);
    }`);
    await page.waitForTimeout(300);
    expect(await countWindows()).toBe(1);
    const contents = await app.electron.evaluate(({ webContents }) => webContents.getAllWebContents().length);
    expect(contents).toBe(1);
  });

  it('permissions are refused', async () => {
    const states = await page.evaluate(`Promise.all([
      Notification.requestPermission(),
      navigator.permissions.query({ name: 'geolocation' }).then(({ state }) => state),
      navigator.mediaDevices?.getUserMedia({ audio: true }).then(() => 'granted', () => 'denied') ?? 'denied',
      navigator.clipboard?.readText().then(() => 'granted', () => 'denied') ?? 'denied',
    ])`);
    expect(states).toEqual(['denied', 'denied', 'denied', 'denied']);
  });

  it('downloads are refused', async () => {
    const saved = app.electron.evaluate(
      ({ session }) =>
        new Promise<string>((resolve) => {
          session.defaultSession.on('will-download', (event) => resolve(String(event.defaultPrevented)));
          setTimeout(() => resolve('never began'), 2_000);
        }),
    );
    await page.evaluate(`{
      const a = document.createElement('a');
      a.href = URL.createObjectURL(new Blob(['x']));
      a.download = 'x.txt';
      a.click();
    }`);
    expect(['true', 'never began']).toContain(await saved);
  });

  it('a dropped file or link does not take the window away', async () => {
    const url = page.url();
    await page.evaluate(`(() => {
      const data = new DataTransfer();
      data.setData('text/uri-list', 'https://example.com/');
      data.items.add(new File(['<h1>taken</h1>'], 'x.html', { type: 'text/html' }));
      for (const type of ['dragenter', 'dragover', 'drop']) {
        document.body.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: data }));
      }
    })()`);
    await page.waitForTimeout(200);
    expect(page.url()).toBe(url);
  });

  it('only https leaves for the browser', async () => {
    for (const url of [
      'file:///etc/passwd',
      'http://example.com',
      'javascript:1',
      'https://a:b@example.com',
    ]) {
      await expect(app.call('app.openExternal', { url })).rejects.toMatchObject({ code: 'badInput' });
    }
    await app.call('app.openExternal', { url: 'https://example.com/docs' });
    expect(await app.electron.evaluate(() => process.env['OPENED_EXTERNALLY'])).toBe(
      ' https://example.com/docs',
    );
  });
});

describe('calls', () => {
  it('are refused from a sub-frame, which has no bridge either', async () => {
    const inFrame = await page.evaluate(`new Promise((resolve) => {
      const frame = document.createElement('iframe');
      frame.srcdoc = '<p>inside</p>';
      frame.onload = () => resolve(typeof frame.contentWindow.waymark);
      document.body.append(frame);
      setTimeout(() => resolve('never loaded'), 2000);
    })`);
    expect(['undefined', 'never loaded']).toContain(inFrame);
  });

  it('are refused from another origin', async () => {
    const answer = await app.electron.evaluate(async ({ BrowserWindow, app: electronApp }) => {
      const path =
        process.getBuiltinModule?.('node:path') ??
        (process as never as { mainModule: NodeJS.Module }).mainModule.require('node:path');
      const stranger = new BrowserWindow({
        show: false,
        webPreferences: {
          preload: path.join(electronApp.getAppPath(), 'out/preload/preload.cjs'),
          sandbox: true,
        },
      });
      await stranger.loadURL('data:text/html,<p>elsewhere</p>');
      const reply = await stranger.webContents.executeJavaScript(
        `window.waymark.call({ id: 'x', channel: 'settings.get', request: {} })`,
      );
      stranger.destroy();
      return reply as unknown;
    });
    expect(answer).toMatchObject({ ok: false, error: { code: 'badInput' } });
  });

  it('that are no calls get an error', async () => {
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

  it('with random payloads, on every channel, never harm the app', async () => {
    const anything = fc.anything({ withNullPrototype: false, maxDepth: 3, maxKeys: 5 });
    /** Payloads whose keys are the right ones and whose values are not, to get past the first look. */
    const shaped = (channel: Channel): fc.Arbitrary<unknown> => {
      const { request } = CALLS[channel];
      const keys = 'shape' in request ? Object.keys(request.shape) : ['format', 'shelf', 'text', 'id'];
      return fc.dictionary(fc.constantFrom(...keys, '$where', '__proto__'), anything);
    };
    const channels = Object.keys(CALLS).filter((name) => name !== 'window.open') as Channel[];
    const perChannel = Math.ceil(10_000 / channels.length);
    const codes = new Set<string>();
    let internal: unknown;
    for (const channel of channels) {
      const payloads = [
        ...fc.sample(anything, { numRuns: Math.ceil(perChannel / 2), seed: 11 }),
        ...fc.sample(shaped(channel), { numRuns: Math.floor(perChannel / 2), seed: 12 }),
      ];
      const messages = payloads.map((request, index) => ({
        id: `${channel}-${index}`,
        channel,
        request: toPlain(request),
      }));
      for (const answer of await sendRaw(messages)) {
        if (answer.ok) continue;
        codes.add(answer.error.code);
        if (answer.error.code === 'internal') internal ??= { channel, error: answer.error };
      }
    }
    expect(internal).toBeUndefined();
    expect(codes).toContain('badInput');
    expect((await app.call('settings.get', {})).weekStart).toMatch(/day$/);
    expect(await countWindows()).toBe(1);
  });
});

/** A value as it survives the way into the page; functions and symbols would not be sent at all. */
function toPlain(value: unknown): unknown {
  try {
    return JSON.parse(
      JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'bigint' ? String(inner) : inner)) ??
        'null',
    );
  } catch {
    return null;
  }
}
