import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { launchApp, waitUntilOpen, type PageGlobals, type RunningApp } from './harness/app';
import { dropShop, fillShop } from './harness/shop';

const uri = inject('mongoUri');
const database = 'e2eDataCalls';
const report = { version: 1, kind: 'trend', range: { from: '2026-06-01', to: '2026-06-28' } } as never;
let app: RunningApp;

beforeAll(async () => {
  await fillShop({ uri, database, events: 2_000 });
  app = await launchApp({ args: ['--uri', uri, '--db', database] });
  await waitUntilOpen(app.window);
});
afterAll(async () => {
  await app.close();
  await dropShop(uri, database);
});

describe('what the window learns of the data', () => {
  it('the catalogue of events counts every event once', async () => {
    const { events } = await app.call('inspect.events', {});
    expect(events.reduce((sum, { count }) => sum + count, 0)).toBe(2_000);
    expect(events.map(({ event }) => event)).toContain('page_visit');
  });

  it('properties, quality, indexes and mapping are described', async () => {
    const { properties } = await app.call('inspect.properties', { event: 'purchase' });
    expect(properties.map(({ field }) => field)).toContain('properties.amount');
    const offered = await app.call('suggest.properties', {});
    expect(offered.properties.map(({ field }) => field)).toContain('properties.amount');
    expect((await app.call('inspect.quality', {})).findings).toBeInstanceOf(Array);
    const { indexes } = await app.call('inspect.indexes', {});
    expect(indexes.find(({ key }) => key.includes('eventType'))?.state).toBe('present');
    expect((await app.call('inspect.mapping', {})).name).toBe('waymark');
  });

  it('pickers get the frequent first', async () => {
    const all = await app.call('suggest.events', {});
    expect(all.suggestions[0]?.value).toBe('page_visit');
    const found = await app.call('suggest.events', { search: 'purch' });
    expect(found.suggestions.map(({ value }) => value)).toEqual(['purchase']);
    const devices = await app.call('suggest.values', { field: 'device' });
    expect(devices.suggestions.map(({ value }) => value)).toContain('mobile');
  });

  it('a report is explained by the pipelines it ran', async () => {
    const { pipelines } = await app.call('report.explain', { report });
    expect(pipelines.length).toBeGreaterThan(0);
    expect(pipelines[0]?.mongosh).toContain('aggregate(');
    expect(pipelines.some(({ plan }) => (plan?.stages.length ?? 0) > 0)).toBe(true);
  });

  it('new events are told while they are watched, and no longer', async () => {
    const client = new MongoClient(uri);
    const watching = app.window.evaluate(
      () =>
        new Promise<unknown>((resolve) => {
          const { waymark } = globalThis as unknown as PageGlobals;
          const stop = waymark.onProgress(({ id, progress }) => {
            const { events } = progress as { events: { id: string }[] };
            if (id !== 'live' || events.length === 0) return;
            stop();
            waymark.cancel('live');
          });
          void waymark
            .call({ id: 'live', channel: 'live.watch', request: { filters: [] } })
            .then((reply) => resolve(reply));
        }),
    );
    try {
      const events = client.db(database).collection<{ _id: string }>('events');
      for (let index = 0; index < 40; index += 1) {
        const now = new Date();
        const event = {
          userId: 'u',
          eventType: 'page_visit',
          timestamp: now,
          receivedAt: now,
          properties: {},
        };
        await events.insertOne({ _id: `live-${index}`, ...event });
        const done = await Promise.race([
          watching.then(() => true),
          new Promise<false>((resolve) => setTimeout(() => resolve(false), 250)),
        ]);
        if (done) break;
      }
      expect(await watching).toMatchObject({ ok: false, error: { code: 'cancelled' } });
    } finally {
      await client.close();
    }
  });
});
