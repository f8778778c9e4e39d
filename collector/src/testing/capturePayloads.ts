/** `npx tsx collector/src/testing/capturePayloads.ts`: records what the real SDKs send, as samples for regression tests. */
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Analytics } from '@segment/analytics-node';
import RudderAnalytics from '@rudderstack/rudder-sdk-node';
import { PostHog } from 'posthog-node';

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
      samples.push({ path: request.url ?? '', headers, body: Buffer.concat(chunks).toString('base64') });
      response.setHeader('content-type', 'application/json').end('{"success":true}');
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
    await posthog.shutdown();
  },
};

for (const [name, client] of Object.entries(clients)) {
  const samples = (await capture(client)).filter(({ path }) => /batch/.test(path));
  const file = new URL(`payloads/${name}.json`, import.meta.url);
  writeFileSync(file, `${JSON.stringify(samples, null, 2)}\n`);
  process.stdout.write(`${name}: ${samples.length} requests\n`);
}
