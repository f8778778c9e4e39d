import { MongoClient, ObjectId, type Db } from 'mongodb';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import {
  eventCatalogueSchema,
  propertyCatalogueSchema,
  qualityFindingsSchema,
} from '../../shared/ipc/inspection';
import type { StoredEvent } from '../../shared/model/event';
import { MAPPING_PRESETS } from '../../shared/model/presets';
import { DAY_MS } from '../../shared/time/units';
import { openSource } from '../source/openSource';
import type { Source } from '../source/source';
import { catalogueEvents } from './events';
import { catalogueProperties } from './properties';
import { findQualityIssues } from './quality';
import { loadSample } from './testing/loadSample';

const END = Date.parse('2026-03-31T12:00:00Z');
const uri = inject('mongoUri');
const client = new MongoClient(uri);
const databases = ['inspectClean', 'inspectDirty', 'inspectForeign'] as const;
const db = (name: (typeof databases)[number]): Db => client.db(name);
const opened: Source[] = [];

async function open(name: (typeof databases)[number], preset = 'waymark'): Promise<Source> {
  const mapping = MAPPING_PRESETS[preset];
  const source = await openSource({ uri, database: name, mapping });
  opened.push(source);
  return source;
}

let made = 0;
/** An event of a made-up visitor, valid but for what a test changes. */
function event(change: Record<string, unknown>): StoredEvent {
  made += 1;
  return {
    _id: `planted-${made}`,
    userId: `visitor-${made}`,
    eventType: 'page_visit',
    timestamp: new Date(END - DAY_MS - made * 1_000),
    receivedAt: new Date(END),
    properties: {},
    ...change,
  } as StoredEvent;
}
const some = (count: number, change: (index: number) => Record<string, unknown>): StoredEvent[] =>
  Array.from({ length: count }, (_, index) => event(change(index)));

beforeAll(async () => {
  await client.connect();
  for (const name of databases) await db(name).dropDatabase();
  await loadSample(db('inspectClean'), { seed: 11, events: 12_000, endAt: END });
  await loadSample(db('inspectDirty'), { seed: 12, events: 8_000, endAt: END });
}, 120_000);
afterAll(async () => {
  for (const source of opened) await source.close();
  for (const name of databases) await db(name).dropDatabase();
  await client.close();
});

describe('inspecting the sample shop', () => {
  it('lists every event type with counts and the instants it was first and last seen', async () => {
    const catalogue = await catalogueEvents({ source: await open('inspectClean'), now: END });
    expect(eventCatalogueSchema.parse(catalogue)).toEqual(catalogue);
    expect(catalogue.events[0]?.event).toBe('page_visit');
    expect(catalogue.events.reduce((sum, { count }) => sum + count, 0)).toBe(12_000);
    const collection = db('inspectClean').collection('events');
    const purchases = catalogue.events.find(({ event: name }) => name === 'purchase');
    const [first] = await collection
      .find({ eventType: 'purchase' })
      .sort({ timestamp: 1 })
      .limit(1)
      .toArray();
    expect(purchases?.count).toBe(await collection.countDocuments({ eventType: 'purchase' }));
    expect(purchases?.firstSeen).toBe((first?.['timestamp'] as Date).toISOString());
  });

  it('lists properties with types, share and examples', async () => {
    const source = await open('inspectClean');
    const catalogue = await catalogueProperties({ source, now: END });
    expect(propertyCatalogueSchema.parse(catalogue)).toEqual(catalogue);
    expect(catalogue.sampled).toBe(12_000);
    const of = (field: string) => catalogue.properties.find((property) => property.field === field);
    expect(of('properties.channel')).toMatchObject({ types: ['text'], share: 1 });
    expect(of('properties.amount')?.types).toEqual(['number']);
    expect(of('properties.channel')?.examples.length).toBeGreaterThan(1);
    const purchases = await catalogueProperties({ source, now: END, event: 'purchase' });
    expect(purchases.properties.find(({ field }) => field === 'properties.currency')?.share).toBe(1);
    expect(purchases.properties.some(({ field }) => field === 'properties.query')).toBe(false);
  });

  it('finds nothing wrong with it', async () => {
    expect(await findQualityIssues({ source: await open('inspectClean'), now: END })).toEqual({
      findings: [],
    });
  });
});

describe('inspecting planted defects', () => {
  beforeAll(async () => {
    const events = db('inspectDirty').collection<StoredEvent>('events');
    const copies = await events.find({ eventType: 'search' }).limit(6).toArray();
    await events.insertMany([
      ...some(5, () => ({ properties: { amount: '12,50 EUR' } })), // 1 mixed types
      ...some(4, () => ({ userId: null })), // 2 missing ids
      ...some(3, () => ({ timestamp: new Date(END + 3 * DAY_MS) })), // 3 future
      ...some(3, (index) => ({ timestamp: new Date(END - index), receivedAt: new Date(END - 7_200_000) })), // 4 skewed clock
      ...copies.map((copy) => ({ ...copy, _id: `${copy._id}-again` })), // 5 sent twice under new ids
      ...some(400, (index) => ({ userId: 'crawler', timestamp: new Date(END - 9 * DAY_MS + index * 50) })), // 6 burst
      ...some(7, () => ({ eventType: 'Add To Cart' })), // 7 name variants
      ...some(400, (index) => ({
        eventType: 'coupon_used',
        timestamp: new Date(END - 60 * DAY_MS + index * 0.1 * DAY_MS),
      })), // 8 stopped 20 days ago
      ...some(3, () => ({ userId: 'undefined' })), // 9 junk ids
      ...some(2, () => ({ timestamp: '2026-03-01T10:00:00Z' })), // 10 times stored as text
      ...some(2, () => ({ timestamp: new Date(1_767_225_600) })), // 11 seconds taken for milliseconds
      ...some(2, () => ({ durationSec: -4 })), // 12 negative durations
      ...some(2, () => ({ device: 'Mobile' })), // 13 spelling of values
      ...some(25, (index) => ({ eventType: `product_${index + 1000}_viewed` })), // 14 ids in names
      ...some(2, () => ({ page: { url: 'https://a.example/reset?email=a.b@example.com' } })), // 15 personal data
      ...some(3, () => ({ properties: { paymentmethod: 'card' } })), // 16 property name variants
      ...some(2, () => ({ eventType: '' })), // 17 missing type
    ]);
    const middle = new Date(END - 40 * DAY_MS);
    middle.setUTCHours(0, 0, 0, 0);
    await events.deleteMany({ timestamp: { $gte: middle, $lt: new Date(middle.getTime() + 2 * DAY_MS) } }); // 18 silent days
  });

  it('names every one of them, says what to do and gives an example', async () => {
    const result = await findQualityIssues({ source: await open('inspectDirty'), now: END });
    expect(qualityFindingsSchema.parse(result)).toEqual(result);
    const of = (code: string) => result.findings.filter((finding) => finding.code === code);
    expect(of('mixedTypes')).toMatchObject([
      {
        count: 5,
        text: expect.stringMatching(/properties\.amount is stored as number .* and text \(5 events\)/),
      },
    ]);
    expect(of('missingUser')).toMatchObject([{ count: 4, severity: 'problem' }]);
    expect(of('futureTimes')).toMatchObject([{ count: 3 }]);
    expect(of('clockAhead')).toMatchObject([{ count: 3 }]);
    expect(of('duplicateEvents')).toMatchObject([{ count: 6 }]);
    expect(of('bursts')).toMatchObject([{ count: 400, example: 'crawler' }]);
    expect(of('nameVariants')).toMatchObject([
      { count: 7, text: expect.stringContaining('"add_to_cart" and "Add To Cart"') },
    ]);
    expect(of('stoppedEvents')).toMatchObject([{ example: 'coupon_used' }]);
    expect(of('junkUserIds')).toMatchObject([{ count: 3 }]);
    expect(of('unreadableTimes')).toMatchObject([{ count: 2 }]);
    expect(of('ancientTimes')).toMatchObject([{ count: 2 }]);
    expect(of('oddDurations')).toMatchObject([{ count: 2 }]);
    expect(of('valueVariants')).toMatchObject([
      { count: 2, text: expect.stringContaining('"mobile" and "Mobile"') },
    ]);
    expect(of('dynamicNames')).toMatchObject([
      { count: 25, text: expect.stringContaining('product_#_viewed') },
    ]);
    expect(of('personalData')).toMatchObject([{ count: 2 }]);
    expect(JSON.stringify(result)).not.toContain('a.b@example.com');
    expect(of('propertyNameVariants')).toMatchObject([
      { count: 3, text: expect.stringContaining('"paymentMethod" and "paymentmethod"') },
    ]);
    expect(of('missingType')).toMatchObject([{ count: 2 }]);
    expect(of('silentDays')).toMatchObject([{ count: 2 }]);
    expect(result.findings).toHaveLength(18);
    expect(result.findings.every(({ text, example }) => text.endsWith('.') && example !== '')).toBe(true);
  });
});

describe('inspecting another schema', () => {
  it('reads its own fields and finds ids that stand twice', async () => {
    const user = new ObjectId();
    const events = db('inspectForeign').collection('events');
    await events.insertMany(
      Array.from({ length: 20 }, (_, index) => ({
        userId: user,
        sessionId: new ObjectId(),
        eventType: index % 2 === 0 ? 'PAGE_VIEW' : 'CLICK',
        timestamp: new Date(END - index * 60_000),
        metadata: { pageUrl: 'https://a.example/x', depth: { scroll: index } },
      })),
    );
    const source = await open('inspectForeign', 'mern-tracker');
    expect((await catalogueEvents({ source, now: END })).events.map(({ count }) => count)).toEqual([10, 10]);
    const fields = (await catalogueProperties({ source, now: END })).properties;
    expect(fields.map(({ field }) => field).sort()).toEqual([
      'properties.depth',
      'properties.depth.scroll',
      'properties.pageUrl',
    ]);
    expect(fields.find(({ field }) => field === 'properties.depth.scroll')?.examples).toContain('19');
  });
});
