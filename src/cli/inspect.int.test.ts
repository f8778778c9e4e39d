import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MongoClient, ObjectId } from 'mongodb';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { catalogueProperties, suggestProperties } from '../analytics/inspect/properties';
import { suggestEvents, suggestValues } from '../analytics/inspect/suggest';
import { loadSample } from '../analytics/inspect/testing/loadSample';
import { openSource } from '../analytics/source/openSource';
import { indexReportSchema, mappingReportSchema } from '../shared/ipc/inspection';
import { runCli, type CliOutcome } from './testing/runCli';

const NOW = Date.parse('2026-03-31T12:00:00Z');
const uri = inject('mongoUri');
const client = new MongoClient(uri);
const [shop, foreign] = ['cliInspect', 'cliInspectForeign'];
const folder = mkdtempSync(path.join(tmpdir(), 'waymark-inspect-'));
const cli = (database: string, ...args: string[]): Promise<CliOutcome> =>
  runCli([...args, '--uri', uri, '--db', database], { now: NOW });

beforeAll(async () => {
  await client.connect();
  for (const name of [shop, foreign]) await client.db(name).dropDatabase();
  await loadSample(client.db(shop), { seed: 31, events: 2_500, endAt: NOW });
  const events = client.db(foreign).collection('events');
  await events.insertMany(
    Array.from({ length: 300 }, (_, index) => ({
      userId: new ObjectId(),
      sessionId: new ObjectId(),
      eventType: 'PAGE_VIEW',
      timestamp: new Date(NOW - index * 60_000),
      metadata: { pageUrl: '/a' },
    })),
  );
  // Reversed, an index serves as well.
  await events.createIndex({ sessionId: -1, timestamp: -1 });
  await events.createIndex({ eventType: 1 });
}, 60_000);
afterAll(async () => {
  for (const name of [shop, foreign]) await client.db(name).dropDatabase();
  await client.close();
  rmSync(folder, { recursive: true });
});

describe('waymark inspect', () => {
  it.each(['events', 'properties', 'mapping', 'indexes', 'quality'])(
    'shows %s for reading',
    async (subject) => {
      const outcome = await cli(shop, 'inspect', subject);
      expect(outcome.exitCode).toBe(0);
      const shown = {
        events: /page_visit +1,\d{3} +2025-12-31/,
        properties: /properties\.amount +number +\d/,
        mapping: /timestamp +timestamp +202/,
        indexes: /events +\{ timestamp: 1, userId: 1, sessionId: 1, eventType: 1 \} +present/,
        quality: /^Nothing found\.$/m,
      }[subject];
      expect(outcome.stdout).toMatch(shown ?? /never/);
    },
  );

  it('advises what another schema lacks, in its own field names, with size and createIndex line', async () => {
    const outcome = await cli(foreign, 'inspect', 'indexes', '--mapping', 'mern-tracker', '--format', 'json');
    const { indexes } = indexReportSchema.parse(JSON.parse(outcome.stdout));
    const of = (key: string) => indexes.find((index) => index.key === key);
    expect(of('{ sessionId: 1, timestamp: 1 }')).toMatchObject({ state: 'present', command: null });
    expect(of('{ timestamp: 1, userId: 1, sessionId: 1, eventType: 1 }')).toMatchObject({ state: 'advised' });
    expect(of('{ eventType: 1 }')).toMatchObject({ state: 'other' });
    const advised = of('{ eventType: 1, timestamp: 1, userId: 1 }');
    expect(advised).toMatchObject({
      state: 'advised',
      command: 'db.events.createIndex({ eventType: 1, timestamp: 1, userId: 1 })',
    });
    const key = { eventType: 1, timestamp: 1, userId: 1 } as const;
    const events = client.db(foreign).collection('events');
    await events.createIndex(key);
    const again = await cli(foreign, 'inspect', 'indexes', '--mapping', 'mern-tracker', '--format', 'json');
    const made = indexReportSchema
      .parse(JSON.parse(again.stdout))
      .indexes.find((index) => index.key === '{ eventType: 1, timestamp: 1, userId: 1 }');
    expect(made).toMatchObject({ state: 'present', command: null });
    await events.dropIndex('eventType_1_timestamp_1_userId_1');
    expect(advised?.bytes).toBeGreaterThan(3_000);
    expect(advised?.bytes).toBeLessThan(30_000);
  });

  it('tells which field is read from where, with examples', async () => {
    const outcome = await cli(foreign, 'inspect', 'mapping', '--mapping', 'mern-tracker', '--format', 'json');
    const mapping = mappingReportSchema.parse(JSON.parse(outcome.stdout));
    expect(mapping.name).toBe('mern-tracker');
    expect(mapping.fields).toContainEqual({
      field: 'page.path',
      source: 'metadata.pageUrl (urlPath)',
      example: '/a',
      share: 1,
    });
    expect(mapping.fields.find(({ field }) => field === 'browser')?.source).toBe(
      'session.deviceInfo.browser',
    );
  });
});

describe('waymark inspect mapping, without one named', () => {
  it('guesses it from the data, with the reason', async () => {
    const outcome = await cli(foreign, 'inspect', 'mapping', '--format', 'json');
    const mapping = mappingReportSchema.parse(JSON.parse(outcome.stdout));
    expect(mapping.name).toBe('mern-tracker');
    expect(mapping.reason).toMatch(/The preset "mern-tracker" fits/);
  });

  it('says so when nothing looks like events', async () => {
    const empty = await cli('cliInspectNothing', 'inspect', 'mapping');
    expect(empty.exitCode).toBe(1);
    expect(empty.stderr).toMatch(/Nothing in "cliInspectNothing" looks like events/);
  });
});

describe('suggestions', () => {
  it('come most frequent first and contain what was typed', async () => {
    const source = await openSource({ uri, database: shop });
    try {
      const request = { source, now: NOW, search: 'CH', limit: 2 };
      const events = await suggestEvents(request);
      expect(events.suggestions.map(({ value }) => value)).toEqual(['search', 'checkout_start']);
      expect(events.complete).toBe(false);
      const devices = await suggestValues({ ...request, field: 'device', search: '', limit: 10 });
      expect(devices.complete).toBe(true);
      expect(devices.suggestions.map(({ value }) => value).sort()).toEqual(['desktop', 'mobile', 'tablet']);
      expect(devices.suggestions.reduce((sum, { count }) => sum + (count ?? 0), 0)).toBe(2_500);
      const amounts = await suggestValues({ ...request, field: 'properties.price', search: '', limit: 3 });
      expect(amounts.complete).toBe(false);
      expect(amounts.suggestions.every(({ value }) => typeof value === 'number')).toBe(true);
      const all = await catalogueProperties({ source, now: NOW });
      expect(all.sampled).toBe(2_500);
      const offered = await suggestProperties({ source, now: NOW });
      expect(offered.properties.map(({ field }) => field)).toEqual(all.properties.map(({ field }) => field));
      const countries = await suggestValues({ ...request, field: 'user.country', search: 'd', limit: 5 });
      expect(countries.suggestions).toEqual([{ value: 'DE', count: null }]);
      expect(await suggestValues({ ...request, field: 'properties.no such', search: '' })).toEqual({
        suggestions: [],
        complete: true,
      });
    } finally {
      await source.close();
    }
  });
});

describe('waymark doctor', () => {
  it('finds nothing to do in a fresh workspace but the missing login', async () => {
    const outcome = await cli(shop, 'doctor', '--format', 'json');
    expect(outcome.exitCode).toBe(0);
    const { checks } = JSON.parse(outcome.stdout) as { checks: { name: string; state: string }[] };
    expect(checks.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'server good',
      'topology good',
      'clock good',
      'rights advice',
      'mapping good',
      'freshness good',
      'indexes good',
      'columns good',
    ]);
  });

  it('says that the mapping does not fit and which indexes to create', async () => {
    const file = path.join(folder, 'wrong.mapping.json');
    writeFileSync(
      file,
      JSON.stringify({
        version: 1,
        name: 'wrong',
        events: {
          collection: 'events',
          fields: { userId: 'visitor', eventType: 'eventType', timestamp: 'at' },
        },
      }),
    );
    const wrong = await cli(foreign, 'doctor', '--mapping', file);
    expect(wrong.exitCode).toBe(1);
    expect(wrong.stdout).toMatch(/problem +mapping +300 documents .* only 0 %/);
    const right = await cli(foreign, 'doctor', '--mapping', 'mern-tracker');
    expect(right.exitCode).toBe(0);
    expect(right.stdout).toMatch(/advice +indexes .*missing/);
    expect(right.stdout).toContain('db.events.createIndex({ userId: 1, timestamp: 1 })');
  });

  it('says what is wrong with a connection', async () => {
    const outcome = await runCli(['doctor', '--uri', 'mongodb://127.0.0.1:9']);
    expect(outcome).toMatchObject({ exitCode: 1, stderr: '' });
    expect(outcome.stdout).toMatch(/problem +connection +Nothing answers at 127\.0\.0\.1:9/);
    expect((await runCli(['doctor', '--uri', 'postgres://x'])).exitCode).toBe(2);
  });
});

describe('waymark explain', () => {
  it('shows pipelines that mongosh takes and what their plans read', async () => {
    const file = path.join(folder, 'trend.report.json');
    const range = { from: '2026-03-01', to: '2026-03-14', timezone: 'UTC' };
    writeFileSync(file, JSON.stringify({ version: 1, kind: 'trend', event: 'purchase', range }));
    const text = await cli(shop, 'explain', file);
    expect(text.exitCode).toBe(0);
    expect(text.stdout).toContain(`db.getSiblingDB("${shop}").getCollection("events").aggregate(`);
    expect(text.stdout).toMatch(/plan: .*(IXSCAN|COUNT_SCAN).*index: eventType_1_timestamp_1_userId_1/);
    const json = JSON.parse((await cli(shop, 'explain', file, '--format', 'json')).stdout) as {
      pipelines: { pipeline: unknown[]; plan: { keysExamined: number } | null }[];
    };
    expect(json.pipelines.every(({ pipeline }) => Array.isArray(pipeline))).toBe(true);
  });
});
