import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, inject, it } from 'vitest';
import { settled } from './testing/checkStored';
import { send } from './testing/load';
import {
  ADMIN_KEY,
  bundleCollector,
  startCollector,
  temporaryFolder,
  WRITE_KEY,
} from './testing/runCollector';
import { writeMmdb } from './testing/writeMmdb';
import { useCollector } from './testing/useCollector';

const run = promisify(execFile);
const DATABASE = 'collector_operation';
const OTHER = 'collector_operation_other';
const BEHIND = 'collector_operation_behind';
const shared = useCollector(DATABASE, {
  env: { WAYMARK_KEYS: `${WRITE_KEY},other-key:${OTHER}` },
  others: [OTHER, BEHIND],
});

const post = (body: unknown, key: string) =>
  send(`${shared.collector.url}/v1/events`, JSON.stringify(body), { key });
const eventOf = (messageId: string, ids: object) => ({
  messageId,
  ...ids,
  eventType: 'click',
  timestamp: '2026-03-01T10:00:00Z',
});

const basic = (key: string): string => `Basic ${Buffer.from(`${key}:`).toString('base64')}`;

describe('a write key', () => {
  const track = {
    type: 'track',
    event: 'e',
    userId: 'u',
    distinct_id: 'u',
    messageId: 'key-1',
    uuid: 'key-1',
  };

  it.each([
    ['Basic user name', '/v1/batch', { authorization: basic(WRITE_KEY) }, {}],
    ['Bearer token', '/v1/batch', { authorization: `Bearer ${WRITE_KEY}` }, {}],
    ['X-Write-Key', '/v1/batch', { 'x-write-key': WRITE_KEY }, {}],
    ['writeKey in the body', '/v1/batch', {}, { writeKey: WRITE_KEY }],
    ['api_key in the body', '/batch/', {}, { api_key: WRITE_KEY }],
  ])('is taken as %s', async (_, path, headers, fields) => {
    const statusOf = async (change: (text: string) => string): Promise<number> => {
      const body = change(JSON.stringify({ ...fields, batch: [track] }));
      const given = JSON.parse(change(JSON.stringify(headers))) as Record<string, string>;
      return (await send(`${shared.collector.url}${path}`, body, { key: null, headers: given })).status;
    };
    expect(await statusOf((text) => text)).toBe(200);
    const wrong = (text: string): string =>
      text.replace(basic(WRITE_KEY), basic('no-such-key')).replace(WRITE_KEY, 'no-such-key');
    expect(await statusOf(wrong)).toBe(401);
  });
});

describe('projects', () => {
  it('keep the same event id apart', async () => {
    await post(eventOf('same', { userId: 'one' }), WRITE_KEY);
    await post(eventOf('same', { userId: 'two' }), 'other-key');
    await settled(shared.collector.url);
    const userOf = async (database: string): Promise<unknown> =>
      (
        await shared.client
          .db(database)
          .collection<{ _id: string; userId: string }>('events')
          .findOne({ _id: 'same' })
      )?.userId;
    expect([await userOf(DATABASE), await userOf(OTHER)]).toEqual(['one', 'two']);
  });
});

it('takes a body that begins with a byte-order mark', async () => {
  for (const body of [
    JSON.stringify([eventOf('bom-1', { userId: 'marked' })]),
    `${JSON.stringify(eventOf('bom-2', { userId: 'marked' }))}\n`,
  ]) {
    const answer = await send(`${shared.collector.url}/v1/events?results=all`, `\ufeff${body}`);
    expect(JSON.parse(answer.body)).toMatchObject({ results: [{ status: 'accepted' }] });
  }
});

describe('a person', () => {
  it('is exported and deleted under any of their ids, from every collection, and that is audited', async () => {
    await post(
      [
        eventOf('p-1', { anonymousId: 'p-visitor' }),
        eventOf('p-2', { userId: 'p-user', anonymousId: 'p-visitor' }),
        eventOf('p-3', { userId: 'bystander' }),
        { ...eventOf('p-4', { userId: 'p-user' }), colour: 'refused' },
      ],
      WRITE_KEY,
    );
    await settled(shared.collector.url);
    const url = `${shared.collector.url}/v1/users/p-visitor`;
    expect((await send(url, '', { method: 'DELETE' })).status).toBe(403);
    expect((await send(url, '', { method: 'DELETE', key: null })).status).toBe(401);
    const exported = await send(`${url}/export`, '', { method: 'GET', key: ADMIN_KEY });
    const lines = exported.body
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { collection: string });
    expect(new Set(lines.map(({ collection }) => collection))).toEqual(
      new Set(['users', 'profiles', 'identities', 'sessions', 'events']),
    );
    const deleted = await send(url, '', { method: 'DELETE', key: ADMIN_KEY });
    expect(JSON.parse(deleted.body)).toMatchObject({
      deleted: { events: 2, sessions: 1, users: 1, profiles: 2, identities: 1, deadLetters: 1 },
    });
    const db = shared.client.db(DATABASE);
    for (const { name } of await db.listCollections().toArray()) {
      const left = JSON.stringify(await db.collection(name).find().toArray());
      expect(`${name} ${left}`).not.toMatch(/p-user|p-visitor/);
    }
    expect(await db.collection('audit').countDocuments({ action: { $in: ['erase', 'export'] } })).toBe(2);
    expect(await db.collection<{ _id: string }>('users').countDocuments({ _id: 'bystander' })).toBe(1);
    expect((await send(url, '', { method: 'DELETE', key: ADMIN_KEY })).status).toBe(404);
    // What the collector remembers to have seen, the database no longer has: it is news again, and said to be.
    const again = await send(
      `${shared.collector.url}/v1/events?ack=database&results=all`,
      JSON.stringify(eventOf('p-2', { userId: 'p-user' })),
    );
    expect(JSON.parse(again.body)).toMatchObject({ results: [{ messageId: 'p-2', status: 'accepted' }] });
  });
});

describe('keys', () => {
  it('are added and revoked by command, hashed, and take effect in a running collector', async () => {
    const file = await bundleCollector();
    const env = { ...process.env, WAYMARK_URI: inject('mongoUri'), WAYMARK_DB: DATABASE };
    const keys = (...args: string[]) => run(process.execPath, [file, 'keys', ...args], { env });
    const { stdout } = await keys('add', '--name', 'web');
    const key = stdout.trim();
    expect(key).toMatch(/^wmk_/);
    expect(
      JSON.stringify(await shared.client.db(DATABASE).collection('collectorKeys').find().toArray()),
    ).not.toContain(key);
    const answers = async (status: number): Promise<void> => {
      for (const deadline = Date.now() + 15_000; Date.now() < deadline;) {
        if ((await post(eventOf('k-1', { userId: 'k' }), key)).status === status) return;
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
      throw new Error(`no ${status} within 15 s`);
    };
    await answers(200);
    expect((await keys('list')).stdout).toMatch(/^web\t\S+\twrite\t/);
    await expect(keys('add', '--name', 'web')).rejects.toMatchObject({ code: 2 });
    await keys('revoke', 'web');
    await answers(401);
  });
});

describe('enrichment', () => {
  it('names the country by a GeoIP file and drops robots, as set; a file that is none stops the start', async () => {
    const { folder, remove: removeFolder } = await temporaryFolder();
    const file = path.join(folder, 'country.mmdb');
    await writeFile(file, writeMmdb('Test-Country', [['203.0.113.0/24', { country: { iso_code: 'NL' } }]]));
    const env = { WAYMARK_GEOIP_FILE: file, WAYMARK_TRUST_PROXY: '1', WAYMARK_BOTS: 'drop' };
    const options = { uri: inject('mongoUri'), database: DATABASE, dataDir: folder };
    const enriching = await startCollector({ ...options, env });
    const from = (agent: string) => ({
      headers: { 'user-agent': agent, 'x-forwarded-for': '198.51.100.9, 203.0.113.77' },
    });
    const url = `${enriching.url}/v1/events?ack=database&results=all`;
    const browser = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
    await send(url, JSON.stringify(eventOf('geo-1', { userId: 'geo' })), from(browser));
    const robot = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';
    const refused = await send(url, JSON.stringify(eventOf('geo-2', { userId: 'geo' })), from(robot));
    expect(refused.body).toMatch(/rejected.*robots/);
    const events = shared.client.db(DATABASE).collection<{ _id: string }>('events');
    expect(await events.find({ userId: 'geo' }).toArray()).toMatchObject([
      { _id: 'geo-1', country: 'NL', ip: '203.0.113.0', browser: 'Firefox', device: 'desktop' },
    ]);
    await enriching.stop();
    await writeFile(file, 'not a database');
    await expect(startCollector({ ...options, env })).rejects.toThrow(/WAYMARK_GEOIP_FILE/);
    await removeFolder();
  });
});

describe('limits', () => {
  it('refuse more events than a key may send, and say when to come again', async () => {
    const { folder, remove: removeFolder } = await temporaryFolder();
    const env = { WAYMARK_RATE_LIMIT: '10' };
    const limited = await startCollector({
      uri: inject('mongoUri'),
      database: DATABASE,
      dataDir: folder,
      env,
    });
    const batch = JSON.stringify(
      Array.from({ length: 60 }, (_, index) => eventOf(`l-${index}`, { userId: 'l' })),
    );
    expect((await send(`${limited.url}/v1/events`, batch)).status).toBe(200);
    const refused = await send(`${limited.url}/v1/events`, batch);
    expect(refused.status).toBe(429);
    const seconds = Number(refused.headers['retry-after']);
    expect(seconds >= 1 && seconds <= 10).toBe(true);
    await limited.stop();
    await removeFolder();
  });
});

describe('users and sessions', () => {
  it('fall behind no further than they may: what comes then waits in the log', async () => {
    const { folder, remove: removeFolder } = await temporaryFolder();
    const db = shared.client.db(BEHIND);
    await db.createCollection('profiles', { validator: { _id: 'nobody' } });
    const env = { WAYMARK_MAX_DERIVE_LAG_SECONDS: '1' };
    const options = { uri: inject('mongoUri'), database: BEHIND, dataDir: folder, env };
    const collector = await startCollector(options);
    const post = (id: string) =>
      send(`${collector.url}/v1/events`, JSON.stringify(eventOf(id, { userId: id })));
    const figure = async (name: string): Promise<number> => {
      const { body } = await send(`${collector.url}/metrics`, '', { method: 'GET' });
      return Number(new RegExp(`^waymark_collector_${name} (.+)$`, 'm').exec(body)?.[1]);
    };
    const idsOf = async (collection: string): Promise<string[]> =>
      (await db.collection<{ _id: string }>(collection).find().sort({ _id: 1 }).toArray()).map(
        ({ _id }) => _id,
      );
    expect((await post('first')).status).toBe(200);
    await expect.poll(() => figure('derived_lag_seconds'), { timeout: 20_000 }).toBeGreaterThan(1);
    expect((await post('second')).status).toBe(200);
    await expect.poll(() => figure('queue_entries'), { timeout: 20_000 }).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect([await idsOf('events'), await idsOf('users')]).toEqual([['first'], []]);
    await db.command({ collMod: 'profiles', validator: {} });
    await settled(collector.url);
    expect([await idsOf('events'), await idsOf('users')]).toEqual([
      ['first', 'second'],
      ['first', 'second'],
    ]);
    await collector.stop();
    await removeFolder();
  });
});

describe('the log', () => {
  it('of the process holds no payload, no id and no key', async () => {
    const { url, output } = shared.collector;
    const secret = {
      messageId: 'hidden-message',
      userId: 'hidden-user',
      properties: { note: 'hidden-text' },
    };
    const lines = [
      { ...eventOf('', {}), ...secret },
      { ...secret, messageId: 'hidden-bad', eventType: 7 },
    ];
    await send(`${url}/v1/events`, JSON.stringify(lines));
    await send(`${url}/v1/events`, '{"hidden-text', {});
    await send(`${url}/v1/events`, JSON.stringify(lines), { key: 'hidden-key' });
    await send(`${url}/v1/users/hidden-user`, '', { method: 'DELETE', key: 'hidden-key' });
    await settled(url);
    expect(output()).toContain('the collector takes events');
    for (const hidden of ['hidden-', WRITE_KEY, ADMIN_KEY]) expect(output()).not.toContain(hidden);
  });
});

describe('metrics', () => {
  it('of the dashboard and the alerts are all told by the running collector', async () => {
    const { body } = await send(`${shared.collector.url}/metrics`, '', { method: 'GET', key: null });
    const told = new Set([...body.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name));
    for (const file of ['grafana/dashboard.json', 'alerts.yaml']) {
      const text = await readFile(new URL(`../ops/${file}`, import.meta.url), 'utf8');
      const named = [...text.matchAll(/\b(?:waymark_collector|process|nodejs)_[a-z_]+/g)].map(([name]) =>
        name.replace(/_(bucket|count|sum)$/, ''),
      );
      expect(named.length).toBeGreaterThan(8);
      expect(named.filter((name) => !told.has(name))).toEqual([]);
    }
  });
});
