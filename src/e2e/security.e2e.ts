import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchApp, type RunningApp } from './harness/app';

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

  it('cannot name its window, so no text of it gets into the list of windows', async () => {
    await page.evaluate(`document.title = 'mongodb://ana:secret@db'`);
    await expect.poll(() => page.title()).toContain('secret');
    const titles = await app.electron.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows().map((window) => window.getTitle()),
    );
    expect(titles).toEqual(['Waymark']);
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
      const script = document.createElement('script');
      script.textContent = 'window.inlineRan = true';
      document.body.append(script);
      const handler = document.createElement('img');
      handler.setAttribute('onerror', 'window.handlerRan = true');
      handler.src = 'data:image/png;base64,x';
      document.body.append(handler);
      await new Promise((resolve) => {
        try { setTimeout('window.timerRan = true', 0); } catch { /* refused at once is as good */ }
        setTimeout(resolve, 200);
      });
      return [window.inlineRan, window.handlerRan, window.timerRan];
    })()`);
    expect(outcome).toEqual([undefined, undefined, undefined]);
  });

  it('is refused by the policy itself what it does not need, whatever else would stop it', async () => {
    // [directive, what breaks it]
    const attempts = [
      ['script-src-elem', `append('script', { textContent: '1' })`],
      ['script-src-elem', `append('script', { src: 'https://example.com/x.js' })`],
      [
        'script-src-attr',
        `{ const node = append('p', {}); node.setAttribute('onclick', '1'); node.click(); }`,
      ],
      ['connect-src', `fetch('https://example.com/').catch(() => 0)`],
      ['connect-src', `new WebSocket('ws://127.0.0.1:9/')`],
      ['img-src', `append('img', { src: 'https://example.com/x.png' })`],
      ['frame-src', `append('iframe', { src: 'https://example.com/' })`],
      ['object-src', `append('object', { data: 'https://example.com/' })`],
      [
        'base-uri',
        `document.head.append(Object.assign(document.createElement('base'), { href: 'https://example.com/' }))`,
      ],
      ['form-action', `append('form', { action: 'https://example.com/' }).submit()`],
      ['worker-src', `new Worker(URL.createObjectURL(new Blob(['1'])))`],
      ['font-src', `new FontFace('x', 'url(https://example.com/x.woff2)').load().catch(() => 0)`],
      ['media-src', `append('video', { src: 'https://example.com/x.mp4' })`],
      ['style-src-elem', `append('link', { rel: 'stylesheet', href: 'https://example.com/x.css' })`],
    ] as const;
    for (const [directive, code] of attempts) {
      const violated = await page.evaluate(`new Promise((resolve) => {
        const append = (tag, properties) => {
          const node = Object.assign(document.createElement(tag), properties);
          document.body.append(node);
          return node;
        };
        document.addEventListener('securitypolicyviolation', (event) => resolve(event.effectiveDirective), { once: true });
        setTimeout(resolve, 3000, 'nothing was refused');
        try { ${code}; } catch { /* refused at once is as good, and told as well */ }
      })`);
      expect([code, violated]).toEqual([code, directive]);
    }
  });

  it('reaches no network, even where no policy binds it', async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.writeHead(200, { 'access-control-allow-origin': '*' }).end('x');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      const outcome = await app.electron.evaluate(async ({ BrowserWindow }, address) => {
        // A page of the app's own session, but without the headers that carry its policy.
        const window = new BrowserWindow({ show: false });
        await window.loadURL('data:text/html,<p>bare</p>');
        const answer: unknown = await window.webContents.executeJavaScript(`Promise.all([
          fetch('${address}/fetch').then(() => 'reached', () => 'refused'),
          new Promise((resolve) => {
            const image = new Image();
            image.onload = image.onerror = () => resolve('tried');
            image.src = '${address}/image';
          }),
          new Promise((resolve) => {
            const socket = new WebSocket('${address}/socket'.replace('http', 'ws'));
            socket.onopen = () => resolve('reached');
            socket.onerror = () => resolve('refused');
          }),
        ])`);
        window.destroy();
        return answer;
      }, `http://127.0.0.1:${port}`);
      expect(outcome).toEqual(['refused', 'tried', 'refused']);
      expect(asked).toEqual([]);
    } finally {
      server.close();
    }
  });
});

/** How often the app has written down that it refused something. */
const refusals = async (what = ''): Promise<number> =>
  (await app.call('app.copyDiagnostics', {})).text.split(`Refused: ${what}`).length - 1;

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
    const before = await refusals('navigation.');
    await page.evaluate(`(() => { ${code} })()`);
    await page.waitForTimeout(150);
    // Files and forms do not even get that far: Chromium and the policy stop them.
    if (code.includes(".href = 'https:")) expect(await refusals('navigation.')).toBe(before + 1);
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

  it('a webview is refused even in a window that was made to allow one', async () => {
    const embedded = await app.electron.evaluate(async ({ BrowserWindow, webContents }) => {
      const window = new BrowserWindow({ show: false, webPreferences: { webviewTag: true } });
      await window.loadURL('data:text/html,<webview src="data:text/html,inside"></webview>');
      await new Promise((resolve) => setTimeout(resolve, 500));
      const types = webContents.getAllWebContents().map((contents) => contents.getType());
      window.destroy();
      return types.filter((type) => type === 'webview').length;
    });
    expect(embedded).toBe(0);
    expect(await refusals('webview')).toBe(1);
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

  it.each([
    ['a file', { items: [], files: [fileURLToPath(import.meta.url)] }],
    ['a link', { items: [{ mimeType: 'text/uri-list', data: 'https://example.com/' }] }],
    ['a page as text', { items: [{ mimeType: 'text/html', data: '<h1>taken</h1>' }] }],
  ])('dropping %s does not take the window away', async (_what, dropped) => {
    const url = page.url();
    const before = await refusals();
    const session = await app.electron.context().newCDPSession(page);
    const data = { ...dropped, dragOperationsMask: 1 };
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
      await session.send('Input.dispatchDragEvent', { type, x: 500, y: 300, data });
    }
    await session.detach();
    await page.waitForTimeout(200);
    expect(page.url()).toBe(url);
    expect(await countWindows()).toBe(1);
    expect(await page.evaluate('typeof window.waymark')).toBe('object');
    // The window does not even ask to leave: there was nothing to refuse.
    expect(await refusals()).toBe(before);
  });

  it('a redirect is refused, also of a page that main itself would load', async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      const outcome = await app.electron.evaluate(async ({ BrowserWindow, session }, address) => {
        // A session that may reach the network, so that nothing but the refusal stands in the way.
        const open = session.fromPartition(`redirect-${Math.random()}`);
        const window = new BrowserWindow({ show: false, webPreferences: { session: open } });
        const failed = await window.loadURL(address).then(() => 'loaded', String);
        window.destroy();
        return failed;
      }, `http://127.0.0.1:${port}/start`);
      expect(outcome).not.toBe('loaded');
      expect(asked).toEqual(['/start']);
    } finally {
      server.close();
    }
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
