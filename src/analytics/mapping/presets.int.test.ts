import { MongoClient, ObjectId } from 'mongodb';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { parseMapping, type Mapping } from '../../shared/model/mapping';
import { MAPPING_PRESETS } from '../../shared/model/presets';
import { parseReport, type ReportInput } from '../../shared/reports/report';
import type { AnyResult } from '../../shared/reports/result';
import { runReport } from '../engine/runReport';
import { openSource } from '../source/openSource';
import type { Source } from '../source/source';

const NOW = Date.parse('2026-03-10T00:00:00Z');
const range = { from: '2026-03-01', to: '2026-03-03', timezone: 'UTC' };
let client: MongoClient;
const opened: { source: Source; database: string }[] = [];

beforeAll(async () => {
  client = await new MongoClient(inject('mongoUri')).connect();
});
afterAll(async () => {
  for (const { source, database } of opened) {
    await source.close();
    await client.db(database).dropDatabase();
  }
  await client.close();
});

async function layOut(
  database: string,
  collections: Record<string, Record<string, unknown>[]>,
  mapping: Mapping | undefined,
): Promise<(report: Record<string, unknown>) => Promise<AnyResult>> {
  await client.db(database).dropDatabase();
  for (const [name, documents] of Object.entries(collections)) {
    await client.db(database).collection(name).insertMany(documents);
  }
  const source = await openSource({ uri: inject('mongoUri'), database, ...(mapping ? { mapping } : {}) });
  opened.push({ source, database });
  return (report) =>
    runReport({ report: parseReport({ version: 1, range, ...report } as ReportInput), source, now: NOW });
}

const at = (text: string): Date => new Date(`2026-03-${text}Z`);
const preset = (name: string): Mapping | undefined => MAPPING_PRESETS[name];

async function kpisOf(
  ask: (report: Record<string, unknown>) => Promise<AnyResult>,
  filters: unknown[] = [],
): Promise<{ users: number; sessions: number; events: number; pageViews: number; purchases: number }> {
  const result = await ask({ kind: 'kpis', filters });
  if (result.kind !== 'kpis') throw new Error('Expected key figures.');
  const { users, sessions, events, pageViews, purchases } = result.data;
  return { users, sessions, events, pageViews, purchases };
}

describe('user-journey-platform: ObjectIds throughout', () => {
  const [ann, ben] = [new ObjectId(), new ObjectId()];
  const [first, second] = [new ObjectId(), new ObjectId()];
  let ask: (report: Record<string, unknown>) => Promise<AnyResult>;
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
    ask = await layOut(
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
      preset('user-journey-platform'),
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
  let ask: (report: Record<string, unknown>) => Promise<AnyResult>;
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
    ask = await layOut(
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
      preset('mern-tracker'),
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
  let ask: (report: Record<string, unknown>) => Promise<AnyResult>;
  beforeAll(async () => {
    const row = (who: number, name: string, date: Date) => ({ who, name, when: store(date) });
    ask = await layOut(
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
