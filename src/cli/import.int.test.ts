import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { MongoClient, type Db } from 'mongodb';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { generateSample } from '../analytics/sample/generate';
import { runCli, type CliOutcome } from './testing/runCli';

const database = 'cliImport';
const uri = inject('mongoUri');
const folder = mkdtempSync(path.join(tmpdir(), 'waymark-import-'));
const client = new MongoClient(uri);
const db: Db = client.db(database);

const file = (name: string): string => path.join(folder, name);
const load = (...args: string[]): Promise<CliOutcome> =>
  runCli(['import', ...args, '--uri', uri, '--db', database]);
const line = (event: object): string => `${JSON.stringify(event)}\n`;
const base = { userId: 'u1', eventType: 'view', timestamp: '2026-01-01T10:00:00Z' };

beforeAll(() => client.connect());
beforeEach(async () => {
  await db.dropDatabase();
});
afterAll(async () => {
  await db.dropDatabase();
  await client.close();
  rmSync(folder, { recursive: true });
});

describe('waymark import', () => {
  it('loads a file, derives users and sessions, and adds nothing the second time', async () => {
    const lines = [...generateSample({ seed: 5, events: 3_000, endAt: Date.parse('2026-03-31T12:00:00Z') })];
    writeFileSync(file('shop.ndjson'), lines.map(line).join(''));
    const first = await load(file('shop.ndjson'));
    expect(first.exitCode).toBe(0);
    expect(JSON.parse(first.stdout)).toEqual({
      accepted: 3_000,
      duplicate: lines.length - 3_000,
      rejected: 0,
    });
    expect(await db.collection('events').countDocuments()).toBe(3_000);
    const sessions = new Set(lines.map((event) => event.sessionId));
    expect(await db.collection('sessions').countDocuments()).toBe(sessions.size);
    expect(await db.collection('identities').countDocuments()).toBeGreaterThan(0);
    const again = await load(file('shop.ndjson'));
    expect(JSON.parse(again.stdout)).toEqual({ accepted: 0, duplicate: lines.length, rejected: 0 });
  });

  it('gives equal lines without ids one event each, and the same ids in the next import', async () => {
    const text = [base, base, { ...base, eventType: 'other' }, base].map(line).join('');
    writeFileSync(file('equal.ndjson'), text);
    expect(JSON.parse((await load(file('equal.ndjson'))).stdout)).toMatchObject({ accepted: 4 });
    writeFileSync(file('equal.ndjson.gz'), gzipSync(text + line({ ...base, eventType: 'new' })));
    expect(JSON.parse((await load(file('equal.ndjson.gz'))).stdout)).toEqual({
      accepted: 1,
      duplicate: 4,
      rejected: 0,
    });
  });

  it('takes CSV, typed properties and all, as the same events as NDJSON', async () => {
    writeFileSync(file('a.ndjson'), line({ ...base, properties: { amount: 12.5, note: 'a,b' } }));
    writeFileSync(
      file('a.csv'),
      'eventType,userId,timestamp,properties.note,properties.amount\nview,u1,2026-01-01T10:00:00Z,"a,b",12.5\n',
    );
    await load(file('a.ndjson'));
    expect(JSON.parse((await load(file('a.csv'))).stdout)).toMatchObject({ accepted: 0, duplicate: 1 });
    expect(await db.collection('events').findOne({})).toMatchObject({
      properties: { amount: 12.5, note: 'a,b' },
      timestamp: new Date('2026-01-01T10:00:00Z'),
    });
  });

  it('keeps refused lines with their reasons and takes the others', async () => {
    writeFileSync(
      file('mixed.ndjson'),
      [
        line(base),
        '{oops\n',
        line({ ...base, userId: undefined }),
        line({ ...base, timestamp: 'yesterday' }),
        line({ ...base, colour: 'red' }),
        line({ ...base, userId: 'undefined' }),
        line({ ...base, eventType: 'second' }),
      ].join(''),
    );
    const outcome = await load(file('mixed.ndjson'), '--rejected', file('rejected.ndjson'));
    expect(outcome.exitCode).toBe(0);
    expect(JSON.parse(outcome.stdout)).toEqual({ accepted: 2, duplicate: 0, rejected: 5 });
    const rejected = readFileSync(file('rejected.ndjson'), 'utf8')
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text) as { line: number; reason: string; text: string });
    expect(rejected.map((record) => record.line)).toEqual([2, 3, 4, 5, 6]);
    expect(rejected[0]).toMatchObject({ reason: 'the line is not JSON', text: '{oops' });
    expect(rejected[2]?.reason).toMatch(/timestamp/);
    expect(rejected[3]?.reason).toMatch(/colour/);
    expect(outcome.stderr).toMatch(/mixed\.ndjson, line 2: the line is not JSON/);
  });

  it('says what is wrong with its input and ends with 2', async () => {
    const missing = await load(file('none.ndjson'));
    expect(missing.exitCode).toBe(2);
    expect(missing.stderr).toMatch(/There is no file .*none\.ndjson/);
    writeFileSync(file('bad.csv'), 'user,event\nu1,a\n');
    const csv = await load(file('bad.csv'));
    expect(csv.exitCode).toBe(2);
    expect(csv.stderr).toMatch(/column "user" is not known; allowed are messageId, userId/);
    expect((await runCli(['import', file('bad.csv')])).stderr).toMatch(/No database is named/);
  });

  it('can be ended, keeps what it stored, and goes on when run again', async () => {
    const lines = [...generateSample({ seed: 6, events: 6_000, endAt: Date.parse('2026-03-31T12:00:00Z') })];
    writeFileSync(file('long.ndjson'), lines.map(line).join(''));
    const controller = new AbortController();
    const running = runCli(['import', file('long.ndjson'), '--uri', uri, '--db', database], {
      signal: controller.signal,
    });
    while ((await db.collection('events').countDocuments()) === 0) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    controller.abort();
    const outcome = await running;
    expect(outcome.exitCode).toBe(1);
    expect(outcome.stderr).toMatch(/cancelled at line/);
    const stored = await db.collection('events').countDocuments();
    expect(stored).toBeLessThan(6_000);
    const counts = JSON.parse((await load(file('long.ndjson'))).stdout) as { accepted: number };
    expect(counts.accepted).toBe(6_000 - stored);
  });

  it('asks before it creates indexes in a database that is not its own', async () => {
    await db.collection('orders').insertOne({ total: 3 });
    writeFileSync(file('one.ndjson'), line(base));
    const refused = await load(file('one.ndjson'));
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toContain('orders');
    expect(refused.stderr).toContain('--create-indexes');
    expect(await db.listCollections().toArray()).toHaveLength(1);
    expect((await load(file('one.ndjson'), '--create-indexes')).exitCode).toBe(0);
    // What was agreed to once is there: nothing more to ask.
    expect((await load(file('one.ndjson'))).exitCode).toBe(0);
  });
});
