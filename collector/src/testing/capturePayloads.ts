/** `npx tsx collector/src/testing/capturePayloads.ts`: records what the real SDKs send, as samples for regression tests. */
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Analytics } from '@segment/analytics-node';
import RudderAnalytics from '@rudderstack/rudder-sdk-node';
import { PostHog } from 'posthog-node';
import { sdkSettings } from '../http/sdkSettings';
import { launchBrowser, servePage } from './browserPage';

interface Sample {
  path: string;
  headers: Record<string, string>;
  /** The body's bytes in base64. */
  body: string;
}

/** Runs a client against a server that takes everything and returns what it sent. */
async function capture(client: (url: string) => Promise<void>): Promise<Sample[]> {
  const samples: Sample[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const headers: Record<string, string> = {};
      for (const name of ['content-type', 'content-encoding', 'authorization', 'user-agent']) {
        const value = request.headers[name];
        if (typeof value === 'string') headers[name] = value;
      }
      response.setHeader('access-control-allow-origin', request.headers.origin ?? '*');
      response.setHeader('access-control-allow-headers', 'content-type, authorization, x-retry-count');
      response.setHeader('content-type', 'application/json');
      if (request.url?.endsWith('/settings')) {
        response.end(JSON.stringify(sdkSettings(new URL(`http://${request.headers.host ?? ''}`), key)));
        return;
      }
      if (request.method === 'OPTIONS') {
        response.end();
        return;
      }
      samples.push({ path: request.url ?? '', headers, body: Buffer.concat(chunks).toString('base64') });
      response.end('{"success":true}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  await client(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  await new Promise((resolve) => setTimeout(resolve, 500));
  server.closeAllConnections();
  server.close();
  return samples;
}

const key = 'sample-key';
const person = { userId: 'sample-user', anonymousId: 'sample-anon' };

const clients: Record<string, (url: string) => Promise<void>> = {
  'segment-node': async (url) => {
    const analytics = new Analytics({ writeKey: key, host: url, flushAt: 10 });
    analytics.page({ ...person, name: 'Home', properties: { path: '/', url: 'https://s.example/' } });
    analytics.track({ ...person, event: 'Order Completed', properties: { amount: 12 } });
    analytics.identify({ ...person, traits: { email: 'a@b.example' } });
    analytics.group({ ...person, groupId: 'acme' });
    analytics.alias({ userId: 'sample-user', previousId: 'sample-old' });
    await analytics.closeAndFlush();
  },
  'rudder-node': async (url) => {
    const analytics = new RudderAnalytics(key, { dataPlaneUrl: url, flushAt: 1, gzip: true });
    analytics.page({ ...person, name: 'Home', properties: { path: '/' } });
    analytics.track({ ...person, event: 'Order Completed', properties: { amount: 12 } });
    analytics.identify({ ...person, traits: { email: 'a@b.example' } });
    analytics.group({ ...person, groupId: 'acme' });
    analytics.alias({ userId: 'sample-user', previousId: 'sample-old' });
    await new Promise<void>((resolve) => analytics.flush(() => resolve()));
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  },
  'posthog-node': async (url) => {
    const posthog = new PostHog(key, { host: url, flushAt: 10, disableGeoip: true });
    posthog.capture({
      distinctId: 'sample-anon',
      event: '$pageview',
      properties: { $current_url: 'https://p.example/a' },
    });
    posthog.identify({
      distinctId: 'sample-user',
      properties: { $set: { email: 'a@b.example' }, $anon_distinct_id: 'sample-anon' },
    });
    posthog.capture({ distinctId: 'sample-user', event: 'paid', properties: { amount: 5 } });
    posthog.alias({ distinctId: 'sample-user', alias: 'sample-old' });
    await posthog.shutdown();
  },
  'segment-browser': async (url) => {
    const site = await servePage(url, key);
    const browser = await launchBrowser();
    const page = await browser.newPage();
    await page.goto(`${site.url}/shop?utm_source=news`);
    await page.waitForFunction('window.analyticsReady === true');
    await page.evaluate("window.nameVisitor('sample-anon')");
    await page.evaluate('window.work()');
    await page.evaluate('window.group()');
    await page.evaluate('window.alias()');
    await page.goto('about:blank');
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await browser.close();
    await site.close();
  },
};

for (const [name, client] of Object.entries(clients)) {
  const samples = (await capture(client)).filter(({ path }) => /^\/(v1|batch)/.test(path));
  const file = new URL(`payloads/${name}.json`, import.meta.url);
  writeFileSync(file, `${JSON.stringify(samples, null, 2)}\n`);
  process.stdout.write(`${name}: ${samples.length} requests\n`);
}
