import { ObjectId } from 'mongodb';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { parseMapping } from '../../shared/model/mapping';
import { MAPPING_PRESETS } from '../../shared/model/presets';
import { kpisOf, LaidOut, type Ask } from './testing/laidOut';

let laid: LaidOut;
beforeAll(async () => {
  laid = await LaidOut.connect(inject('mongoUri'));
});
afterAll(() => laid.close());

const at = (text: string): Date => new Date(`2026-03-${text}Z`);
describe('waymark: anonymous visitors, some sessions of their own, pages and properties', () => {
  let ask: Ask;
  beforeAll(async () => {
    const event = (index: number, userId: string, eventType: string, timestamp: Date, more: object = {}) => ({
      _id: `m${index}` as unknown,
      userId,
      eventType,
      timestamp,
      receivedAt: timestamp,
      device: 'mobile',
      browser: 'Safari',
      os: 'iOS',
      country: 'DE',
      properties: {},
      ...more,
    });
    const page = (path: string) => ({
      page: { url: `https://shop.example${path}`, path, title: 'Shop', referrer: '' },
    });
    ask = await laid.create(
      'core_waymark',
      {
        events: [
          event(1, 'anon-1', 'page_visit', at('01T10:00:00'), {
            anonymousId: 'anon-1',
            sessionId: 's1',
            ...page('/'),
          }),
          event(2, 'ann', 'purchase', at('01T10:05:00'), {
            anonymousId: 'anon-1',
            sessionId: 's1',
            ...page('/pay'),
            properties: { amount: 12.5, plan: 'pro' },
          }),
          event(3, 'ben', 'page_visit', at('02T10:00:00'), {
            durationSec: 9,
            device: 'desktop',
            ...page('/'),
          }),
          event(4, 'ben', 'page_visit', at('02T10:31:00'), { device: 'desktop', ...page('/pay') }),
        ],
        sessions: [
          {
            _id: 's1' as unknown,
            userId: 'ann',
            startedAt: at('01T10:00:00'),
            endedAt: at('01T10:05:00'),
            eventCount: 2,
            device: { type: 'mobile', browser: 'Safari', os: 'iOS' },
            country: 'DE',
            ip: '192.0.2.0',
            entryPage: '/',
            exitPage: '/pay',
          },
        ],
        users: [
          {
            _id: 'ann' as unknown,
            name: 'Ann',
            email: 'ann@example.org',
            device: 'mobile',
            country: 'DE',
            createdAt: at('01T10:00:00'),
            lastActiveAt: at('01T10:05:00'),
            traits: { tier: 'gold' },
            ordinal: 0,
          },
        ],
        identities: [{ _id: 'anon-1' as unknown, canonicalId: 'ann', linkedAt: at('01T10:05:00') }],
      },
      MAPPING_PRESETS['waymark'],
    );
  });

  it('counts people over their ids, and sessions with and without an id', async () => {
    expect(await kpisOf(ask)).toEqual({ users: 2, sessions: 3, events: 4, pageViews: 3, purchases: 1 });
  });

  it('reads every field where it is stored', async () => {
    const fields: [string, unknown, number][] = [
      ['device', 'desktop', 2],
      ['browser', 'Safari', 4],
      ['os', 'iOS', 4],
      ['country', 'DE', 4],
      ['sessionId', 's1', 2],
      ['userId', 'anon-1', 1],
      ['page.path', '/pay', 2],
      ['page.url', 'https://shop.example/', 2],
      ['page.title', 'Shop', 4],
      ['durationSec', 9, 1],
      ['properties.plan', 'pro', 1],
      ['user.tier', 'gold', 2],
      ['user.email', 'ann@example.org', 2],
    ];
    for (const [field, value, events] of fields) {
      expect((await kpisOf(ask, [{ field, op: 'eq', value }])).events, field).toBe(events);
    }
  });

  it('adds up a property, spends time on pages, and follows a funnel over a merge', async () => {
    const sum = async (field: string): Promise<number | null | undefined> => {
      const result = await ask({ kind: 'trend', measure: { aggregate: 'sum', field }, event: '*' });
      return result.kind === 'trend' ? result.data.series[0]?.total : undefined;
    };
    expect(await sum('properties.amount')).toBe(12.5);
    // Five minutes up to the purchase and nine measured seconds; nobody knows about the last page.
    expect(await sum('durationSec')).toBe(309);
    const funnel = await ask({ kind: 'funnel', steps: ['page_visit', 'purchase'] });
    expect(funnel.kind === 'funnel' && funnel.data.steps.map(({ count }) => count)).toEqual([2, 1]);
  });

  it('finds a journey by any id of its person', async () => {
    const journey = await ask({ kind: 'journey', userId: 'anon-1' });
    if (journey.kind !== 'journey') throw new Error('Expected a journey.');
    expect(journey.data.user).toMatchObject({ userId: 'ann', aliases: ['anon-1'], name: 'Ann' });
    expect(journey.data.sessions[0]).toMatchObject({
      sessionId: 's1',
      durationSeconds: 300,
      browser: 'Safari',
    });
  });
});

describe('user-journey-platform: ObjectIds throughout', () => {
  const [ann, ben] = [new ObjectId(), new ObjectId()];
  const [first, second] = [new ObjectId(), new ObjectId()];
  let ask: Ask;
  beforeAll(async () => {
    const event = (userId: ObjectId, sessionId: ObjectId, eventType: string, timestamp: Date) => ({
      userId,
      sessionId,
      eventType,
      timestamp,
      durationSec: 2,
      device: userId === ann ? 'mobile' : 'desktop',
      country: 'DE',
    });
    ask = await laid.create(
      'core_platform',
      {
        users: [
          {
            _id: ann,
            name: 'Ann',
            email: 'ann@example.org',
            device: 'mobile',
            country: 'DE',
            createdAt: at('01T00:00:00'),
          },
          {
            _id: ben,
            name: 'Ben',
            email: 'ben@example.org',
            device: 'desktop',
            country: 'DE',
            createdAt: at('01T00:00:00'),
          },
        ],
        sessions: [
          {
            _id: first,
            userId: ann,
            sessionStart: at('01T10:00:00'),
            sessionEnd: at('01T10:05:00'),
            eventCount: 2,
          },
          {
            _id: second,
            userId: ben,
            sessionStart: at('02T10:00:00'),
            sessionEnd: at('02T10:00:00'),
            eventCount: 1,
          },
        ],
        events: [
          event(ann, first, 'page_visit', at('01T10:00:00')),
          event(ann, first, 'purchase', at('01T10:05:00')),
          event(ben, second, 'page_visit', at('02T10:00:00')),
        ],
      },
      MAPPING_PRESETS['user-journey-platform'],
    );
  });

  it('counts as on its own schema', async () => {
    expect(await kpisOf(ask)).toEqual({ users: 2, sessions: 2, events: 3, pageViews: 2, purchases: 1 });
    const named = [{ field: 'userId', op: 'eq', value: ann.toHexString() }];
    expect((await kpisOf(ask, named)).events).toBe(2);
    expect((await kpisOf(ask, [{ field: 'user.name', op: 'startsWith', value: 'be' }])).users).toBe(1);
  });

  it('finds users and their journeys by the id’s text', async () => {
    const users = await ask({ kind: 'users', search: 'ann', sort: 'name' });
    expect(users.kind === 'users' && users.data.users.map(({ userId }) => userId)).toEqual([
      ann.toHexString(),
    ]);
    const journey = await ask({ kind: 'journey', userId: ann.toHexString() });
    if (journey.kind !== 'journey') throw new Error('Expected a journey.');
    expect(journey.data.user.name).toBe('Ann');
    expect(journey.data.sessions[0]).toMatchObject({ sessionId: first.toHexString(), durationSeconds: 300 });
  });
});

describe('mern-tracker: browser in the session, page and duration in metadata', () => {
  let ask: Ask;
  beforeAll(async () => {
    const event = (
      sessionId: string,
      userId: string,
      eventType: string,
      timestamp: Date,
      metadata: unknown,
    ) => ({
      sessionId,
      userId,
      eventType,
      timestamp,
      metadata,
    });
    ask = await laid.create(
      'core_mern',
      {
        users: [
          {
            _id: 'u1' as unknown,
            name: 'Ann',
            email: 'a@example.org',
            createdAt: at('01T00:00:00'),
            lastActiveAt: at('02T00:00:00'),
          },
        ],
        sessions: [
          {
            _id: 's1' as unknown,
            userId: 'u1',
            startTime: at('01T09:00:00'),
            endTime: null,
            deviceInfo: { browser: 'Firefox', os: 'Linux' },
            ipAddress: '192.0.2.1',
          },
          {
            _id: 's2' as unknown,
            userId: 'u2',
            startTime: at('01T09:00:00'),
            endTime: null,
            deviceInfo: { browser: 'Chrome', os: 'Windows' },
            ipAddress: '192.0.2.2',
          },
        ],
        events: [
          event('s1', 'u1', 'PAGE_VIEW', at('01T09:00:00'), {
            pageUrl: 'https://shop.example/cart?step=1',
            duration: 8,
          }),
          event('s1', 'u1', 'PURCHASE', at('01T09:01:00'), { pageUrl: 'https://shop.example' }),
          event('s2', 'u2', 'PAGE_VIEW', at('01T09:00:00'), { pageUrl: '/cart', duration: 4 }),
        ],
      },
      MAPPING_PRESETS['mern-tracker'],
    );
  });

  it('looks up the session’s browser and reads paths out of URLs', async () => {
    expect(await kpisOf(ask)).toEqual({ users: 2, sessions: 2, events: 3, pageViews: 2, purchases: 1 });
    expect((await kpisOf(ask, [{ field: 'browser', op: 'eq', value: 'Firefox' }])).events).toBe(2);
    expect((await kpisOf(ask, [{ field: 'page.path', op: 'eq', value: '/cart' }])).users).toBe(2);
    const trend = await ask({
      kind: 'trend',
      breakdown: 'browser',
      measure: { aggregate: 'mean', field: 'durationSec' },
    });
    if (trend.kind !== 'trend') throw new Error('Expected a trend.');
    expect(trend.data.series.map(({ key, total }) => [key, total])).toEqual([
      ['Firefox', 8],
      ['Chrome', 4],
    ]);
  });
});

describe.each([
  ['ISO text', 'iso', (date: Date) => date.toISOString().replace('.000', '')],
  ['epoch seconds', 'epochSec', (date: Date) => date.getTime() / 1000],
  ['epoch milliseconds', 'epochMs', (date: Date) => date.getTime()],
] as const)('a custom mapping with %s, numeric ids and no sessions', (_, as, store) => {
  let ask: Ask;
  beforeAll(async () => {
    const row = (who: number, name: string, date: Date) => ({ who, name, when: store(date) });
    ask = await laid.create(
      `core_custom_${as}`,
      {
        log: [
          row(1, 'view', at('01T10:00:00')),
          row(1, 'view', at('01T10:20:00')),
          row(1, 'buy', at('01T11:00:00')),
          row(2, 'view', at('03T23:59:59')),
          row(3, 'view', at('04T00:00:00')),
        ],
      },
      parseMapping({
        version: 1,
        name: 'log',
        events: {
          collection: 'log',
          fields: { userId: 'who', eventType: 'name', timestamp: { path: 'when', as } },
        },
        roles: { pageViews: ['view'], purchases: ['buy'] },
      }),
    );
  });

  it('derives sessions by gaps and reads the range exactly', async () => {
    expect(await kpisOf(ask)).toEqual({ users: 2, sessions: 3, events: 4, pageViews: 3, purchases: 1 });
    expect((await kpisOf(ask, [{ field: 'userId', op: 'eq', value: '1' }])).sessions).toBe(2);
  });

  it('orders a journey by time', async () => {
    const journey = await ask({ kind: 'journey', userId: '1' });
    if (journey.kind !== 'journey') throw new Error('Expected a journey.');
    expect(journey.data.sessions.map(({ events }) => events.map(({ at: when }) => when))).toEqual([
      ['2026-03-01T11:00:00.000Z'],
      ['2026-03-01T10:00:00.000Z', '2026-03-01T10:20:00.000Z'],
    ]);
  });
});
