/** A page of another origin with the browser SDK, and the browser to open it in. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { build } from 'esbuild';
import { type Browser, chromium } from 'playwright';
import { ROOT } from './runCollector';

/** Starts the installed Chromium without a window. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env['WAYMARK_CHROMIUM'] ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
    ],
  });
}

/**
 * Serves a page that sends batches to a collector. `window.analyticsReady` says that it can, `window.work()` sends
 * a page view, an event and an identify call, and leaves one event unsent for when the page hides;
 * `window.pageItself()` sends without the SDK, by beacon and by a request that outlives the page.
 */
export async function servePage(
  collectorUrl: string,
  writeKey: string,
): Promise<{ url: string; close: () => Promise<void> }> {
  const script = `
    import { AnalyticsBrowser } from '@segment/analytics-next';
    const analytics = AnalyticsBrowser.load(
      { writeKey: ${JSON.stringify(writeKey)}, cdnURL: ${JSON.stringify(collectorUrl)} },
      { integrations: { 'Segment.io': { deliveryStrategy: { strategy: 'batching', config: { size: 4, timeout: 300 } } } } },
    );
    window.work = async () => {
      await analytics.page('Shop');
      await analytics.track('Viewed in page', { amount: 4 });
      await analytics.identify('bn-user', { email: 'bn@page.example' });
      await new Promise((resolve) => setTimeout(resolve, 600));
      void analytics.track('Left', {});
      await new Promise((resolve) => setTimeout(resolve, 50));
    };
    window.nameVisitor = (id) => analytics.setAnonymousId(id);
    window.group = () => analytics.group('acme', { plan: 'pro' });
    window.alias = () => analytics.alias('bn-user', 'bn-before');
    const batchOf = (event) => JSON.stringify({
      writeKey: ${JSON.stringify(writeKey)},
      batch: [{ type: 'track', event, userId: 'bn-page', messageId: 'bn-' + event }],
    });
    window.pageItself = () => {
      navigator.sendBeacon(${JSON.stringify(`${collectorUrl}/v1/batch`)}, batchOf('By beacon'));
      void fetch(${JSON.stringify(`${collectorUrl}/v1/batch`)}, {
        method: 'POST',
        keepalive: true,
        headers: { 'content-type': 'application/json', 'x-write-key': ${JSON.stringify(writeKey)} },
        body: batchOf('Kept alive'),
      });
    };
    analytics.ready(() => { window.analyticsReady = true; });
  `;
  const { outputFiles } = await build({
    stdin: { contents: script, resolveDir: ROOT },
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    define: { 'process.env.NODE_ENV': '"production"' },
  });
  const code = outputFiles[0]?.text ?? '';
  const server = createServer((request, response) => {
    const isScript = request.url === '/app.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    response.end(isScript ? code : '<!doctype html><title>Shop</title><script src="/app.js"></script>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
