import { Analytics } from '@segment/analytics-node';
import RudderAnalytics from '@rudderstack/rudder-sdk-node';
import { PostHog } from 'posthog-node';
import { describe, expect, it } from 'vitest';
import type { StoredEvent, StoredPersonMessage } from '../../src/shared/model/event';
import { launchBrowser, servePage } from './testing/browserPage';
import { settled } from './testing/checkStored';
import { WRITE_KEY } from './testing/runCollector';
import { useCollector } from './testing/useCollector';

const DATABASE = 'collector_clients';
const shared = useCollector(DATABASE);

const events = (filter: Partial<StoredEvent>) =>
  shared.client.db(DATABASE).collection<StoredEvent>('events').find(filter).toArray();
const messages = (filter: Partial<StoredPersonMessage>) =>
  shared.client.db(DATABASE).collection<StoredPersonMessage>('personMessages').find(filter).toArray();

/** The edge of an alias, once it is there. */
const canonicalOf = async (id: string): Promise<unknown> =>
  (
    await shared.client
      .db(DATABASE)
      .collection<{ _id: string; canonicalId: string }>('identities')
      .findOne({ _id: id })
  )?.canonicalId;

describe('clients', () => {
  it('takes everything that @segment/analytics-node sends', async () => {
    const analytics = new Analytics({ writeKey: WRITE_KEY, host: shared.collector.url, flushAt: 5 });
    analytics.on('error', (error) => {
      throw new Error(String(error));
    });
    const at = new Date(Date.now() - 60_000);
    const ids = { anonymousId: 'sn-anon' };
    analytics.page({
      ...ids,
      name: 'Home',
      properties: { path: '/', url: 'https://s.example/' },
      messageId: 'sn-1',
      timestamp: at,
    });
    analytics.track({ ...ids, event: 'Viewed', messageId: 'sn-2', properties: { price: 3, $weird: 1 } });
    analytics.identify({
      ...ids,
      userId: 'sn-user',
      traits: { email: 'a@b.example', name: 'Ada' },
      messageId: 'sn-3',
    });
    analytics.track({
      userId: 'sn-user',
      event: 'Order Completed',
      messageId: 'sn-4',
      context: { ip: '203.0.113.77' },
    });
    analytics.group({ userId: 'sn-user', groupId: 'acme', traits: { plan: 'pro' }, messageId: 'sn-5' });
    analytics.alias({ userId: 'sn-user', previousId: 'sn-old', messageId: 'sn-6' });
    analytics.screen({ userId: 'sn-user', name: 'Cart', messageId: 'sn-7' });
    await analytics.closeAndFlush();
    await settled(shared.collector.url);
    const [page] = await events({ _id: 'sn-1' });
    expect(page).toMatchObject({
      eventType: 'page_visit',
      userId: 'sn-anon',
      page: { path: '/' },
      properties: { name: 'Home' },
    });
    expect(Math.abs((page?.timestamp.getTime() ?? 0) - at.getTime())).toBeLessThan(5_000);
    expect(await events({ _id: 'sn-2' })).toMatchObject([
      { eventType: 'Viewed', properties: { price: 3, weird: 1 } },
    ]);
    const [order] = await events({ _id: 'sn-4' });
    expect(order).toMatchObject({ userId: 'sn-user', ip: '203.0.113.0' });
    expect(order).not.toHaveProperty('bot');
    expect(await events({ _id: 'sn-7' })).toMatchObject([
      { eventType: 'page_visit', page: { path: 'Cart' } },
    ]);
    expect(await canonicalOf('sn-anon')).toBe('sn-user');
    expect(await canonicalOf('sn-old')).toBe('sn-user');
    const user = await shared.client
      .db(DATABASE)
      .collection<{ _id: string }>('users')
      .findOne({ _id: 'sn-user' });
    expect(user).toMatchObject({
      email: 'a@b.example',
      name: 'Ada',
      traits: { groupId: 'acme', group: { plan: 'pro' } },
    });
  });

  it('takes everything that @rudderstack/rudder-sdk-node sends, gzip included', async () => {
    const analytics = new RudderAnalytics(WRITE_KEY, {
      dataPlaneUrl: shared.collector.url,
      flushAt: 1,
      gzip: true,
      logLevel: 'error',
    });
    const user = { userId: 'ru-user' };
    analytics.identify({ ...user, anonymousId: 'ru-anon', traits: { name: 'Rosa' }, ...withId('ru-1') });
    analytics.track({ ...user, event: 'Order Completed', properties: { amount: 12 }, ...withId('ru-2') });
    analytics.page({
      anonymousId: 'ru-anon',
      name: 'Start',
      properties: { path: '/start' },
      ...withId('ru-3'),
    });
    analytics.group({ ...user, groupId: 'g1', ...withId('ru-4') });
    analytics.alias({ ...user, previousId: 'ru-before', ...withId('ru-5') });
    await new Promise<void>((resolve) => analytics.flush(() => resolve()));
    await until(async () => (await messages({ _id: 'ru-5' })).length === 1);
    await settled(shared.collector.url);
    expect(await events({ _id: 'ru-2' })).toMatchObject([
      { eventType: 'Order Completed', properties: { amount: 12 } },
    ]);
    expect(await events({ _id: 'ru-3' })).toMatchObject([
      { eventType: 'page_visit', page: { path: '/start' } },
    ]);
    expect(await canonicalOf('ru-anon')).toBe('ru-user');
    expect(await canonicalOf('ru-before')).toBe('ru-user');
    expect(
      await shared.client.db(DATABASE).collection<{ _id: string }>('users').findOne({ _id: 'ru-user' }),
    ).toMatchObject({
      name: 'Rosa',
    });
  });

  it('takes everything that posthog-node sends', async () => {
    const posthog = new PostHog(WRITE_KEY, { host: shared.collector.url, flushAt: 1, disableGeoip: true });
    posthog.capture({
      distinctId: 'ph-anon',
      event: '$pageview',
      properties: {
        $current_url: 'https://p.example/pricing?x=1',
        $session_id: 'ph-session',
        $browser: 'Firefox',
      },
      uuid: '01976c1e-0000-7000-8000-000000000001',
    });
    posthog.identify({
      distinctId: 'ph-user',
      properties: { $set: { email: 'p@h.example' }, $anon_distinct_id: 'ph-anon' },
    });
    posthog.alias({ distinctId: 'ph-user', alias: 'ph-other' });
    const group = { groupType: 'company', groupKey: 'ph-acme', properties: { size: 3 } };
    posthog.groupIdentify({ ...group, distinctId: 'ph-user' });
    posthog.groupIdentify(group);
    posthog.capture({
      distinctId: 'ph-user',
      event: 'paid',
      properties: { amount: 5, $set: { plan: 'pro' } },
      uuid: '01976c1e-0000-7000-8000-000000000002',
    });
    await posthog.shutdown();
    await until(async () => (await events({ _id: '01976c1e-0000-7000-8000-000000000002' })).length === 1);
    await settled(shared.collector.url);
    expect(await events({ _id: '01976c1e-0000-7000-8000-000000000001' })).toMatchObject([
      { eventType: '$pageview', page: { path: '/pricing' }, sessionId: 'ph-session', browser: 'Firefox' },
    ]);
    const refused = shared.client.db(DATABASE).collection<{ reason: string }>('deadLetters');
    expect(await refused.find({ message: /ph-acme/ }).toArray()).toMatchObject([
      { reason: 'it speaks of a group and of nobody in it' },
    ]);
    expect(await canonicalOf('ph-anon')).toBe('ph-user');
    expect(await canonicalOf('ph-other')).toBe('ph-user');
    expect(
      await shared.client.db(DATABASE).collection<{ _id: string }>('users').findOne({ _id: 'ph-user' }),
    ).toMatchObject({
      email: 'p@h.example',
      traits: { plan: 'pro', groupId: 'ph-acme', group: { size: 3 } },
    });
  });

  it('takes what @segment/analytics-next sends from a real page of another origin, also when the page hides', async () => {
    const site = await servePage(shared.collector.url, WRITE_KEY);
    const browser = await launchBrowser();
    try {
      const page = await browser.newPage();
      const statuses: number[] = [];
      const sent: string[] = [];
      page.on('request', (request) => {
        const text = request.url().endsWith('/v1/b') ? (request.postData() ?? '') : '';
        sent.push(...[...text.matchAll(/"messageId":"([^"]+)"/g)].map(([, id]) => id ?? ''));
      });
      page.on('response', (response) => {
        if (response.url().startsWith(shared.collector.url)) statuses.push(response.status());
      });
      await page.goto(`${site.url}/shop?utm_source=news&utm_campaign=spring`);
      await page.waitForFunction('window.analyticsReady === true', undefined, { timeout: 20_000 });
      await page.evaluate('window.work()');
      await page.evaluate('window.group()');
      await page.evaluate('window.alias()');
      await page.evaluate('window.pageItself()');
      // Leaving the page sends what is still in the batch.
      await page.goto('about:blank');
      await until(async () => (await events({ eventType: 'Left' })).length === 1);
      await until(async () => (await events({ eventType: 'By beacon' })).length === 1);
      await until(async () => (await events({ eventType: 'Kept alive' })).length === 1);
      await until(async () => (await messages({ type: 'alias', userId: 'bn-user' })).length === 1);
      await until(async () => (await messages({ type: 'group', userId: 'bn-user' })).length === 1);
      await settled(shared.collector.url);
      const [viewed] = await events({ eventType: 'Viewed in page' });
      expect(viewed).toMatchObject({
        device: 'desktop',
        os: 'Linux',
        page: { path: '/shop' },
        properties: { amount: 4, utm_source: 'news', utm_campaign: 'spring' },
        ip: '127.0.0.0',
      });
      expect(await canonicalOf(viewed?.anonymousId ?? '')).toBe('bn-user');
      expect(await canonicalOf('bn-before')).toBe('bn-user');
      expect(
        await shared.client.db(DATABASE).collection<{ _id: string }>('users').findOne({ _id: 'bn-user' }),
      ).toMatchObject({
        email: 'bn@page.example',
        traits: { groupId: 'acme', group: { plan: 'pro' } },
      });
      const byId = { _id: { $in: sent } };
      const stored = [
        ...(await shared.client.db(DATABASE).collection<StoredEvent>('events').find(byId).toArray()),
        ...(await shared.client
          .db(DATABASE)
          .collection<StoredPersonMessage>('personMessages')
          .find(byId)
          .toArray()),
      ];
      // The browser's tools may miss what leaves with the page; those messages were found by their names above.
      expect(sent.length).toBeGreaterThanOrEqual(3);
      expect(stored.map(({ _id }) => _id).sort()).toEqual([...sent].sort());
      expect(await events({ eventType: 'page_visit', userId: viewed?.anonymousId ?? '' })).toHaveLength(1);
      expect(statuses.length).toBeGreaterThan(1);
      expect(statuses.filter((status) => status >= 300)).toEqual([]);
    } finally {
      await browser.close();
      await site.close();
    }
  });
});

/** RudderStack's SDK takes a message id that its types do not name. */
const withId = (messageId: string) => ({ messageId });

/** Waits until a condition holds, at most 20 s. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 20_000; Date.now() < deadline;) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('it did not happen within 20 s');
}
