import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { MongoClient, ObjectId } from 'mongodb';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { generateSample } from '../analytics/sample/generate';
import { runCli, type CliOutcome } from './testing/runCli';

const uri = inject('mongoUri');
const folder = mkdtempSync(path.join(tmpdir(), 'waymark-export-'));
const client = new MongoClient(uri);
const databases = ['cliExport', 'cliExportCopy', 'cliExportCsv', 'cliExportOther'] as const;
const [source, copy, csvCopy, other] = databases;
const file = (name: string): string => path.join(folder, name);
const cli = (database: string, ...args: string[]): Promise<CliOutcome> =>
  runCli([...args, '--uri', uri, '--db', database]);
const drop = async (): Promise<void> => {
  for (const name of databases) await client.db(name).dropDatabase();
};
const eventsOf = (database: string): Promise<object[]> =>
  client
    .db(database)
    .collection('events')
    .find({}, { projection: { receivedAt: 0 }, sort: { _id: 1 } })
    .toArray();

const odd = {
  messageId: 'odd-1',
  userId: '=cmd',
  eventType: 'weird, "quoted"',
  timestamp: '2026-03-01T10:00:00.123Z',
  properties: { note: '+49 30', list: [1, 'two'], deep: { a: { b: true } }, 'with.dot': 5, zero: 0 },
};

beforeAll(async () => {
  await client.connect();
  await drop();
  const lines = [...generateSample({ seed: 8, events: 2_000, endAt: Date.parse('2026-03-31T12:00:00Z') })];
  writeFileSync(file('in.ndjson'), [...lines, odd].map((line) => `${JSON.stringify(line)}\n`).join(''));
  expect((await cli(source, 'import', file('in.ndjson'))).exitCode).toBe(0);
});
afterAll(async () => {
  await drop();
  await client.close();
  rmSync(folder, { recursive: true });
});

describe('waymark export', () => {
  it('writes events that import as the same events, identities and sessions', async () => {
    const outcome = await cli(source, 'export', '--out', file('out.ndjson.gz'));
    expect(outcome).toMatchObject({ exitCode: 0, stdout: '' });
    expect(
      gunzipSync(readFileSync(file('out.ndjson.gz')))
        .toString()
        .split('\n'),
    ).toHaveLength(2_002);
    await cli(copy, 'import', file('out.ndjson.gz'));
    expect(await eventsOf(copy)).toEqual(await eventsOf(source));
    for (const name of ['identities', 'sessions', 'users']) {
      const read = (database: string) =>
        client
          .db(database)
          .collection(name)
          .find({}, { sort: { _id: 1 } })
          .toArray();
      expect(await read(copy)).toEqual(await read(source));
    }
  });

  it('writes CSV that imports as the same events and that no spreadsheet runs', async () => {
    await cli(source, 'export', '--out', file('out.csv'));
    const text = readFileSync(file('out.csv'), 'utf8');
    expect(text).toContain("'=cmd");
    expect(text).toContain("'+49 30");
    expect(text.split('\n')[0]).toContain('properties.amount');
    const imported = await cli(csvCopy, 'import', file('out.csv'));
    expect(JSON.parse(imported.stdout)).toEqual({ accepted: 2_001, duplicate: 0, rejected: 0 });
    expect(await eventsOf(csvCopy)).toEqual(await eventsOf(source));
  });

  it('writes users and sessions', async () => {
    const users = await cli(source, 'export', '--what', 'users', '--format', 'csv', '--out', '-');
    expect(users.stdout.split('\n')[0]).toBe(
      'userId,name,email,device,country,createdAt,lastActiveAt,traits',
    );
    expect(users.stdout.split('\n').length - 2).toBe(
      await client.db(source).collection('users').countDocuments(),
    );
    const sessions = await cli(source, 'export', '--what', 'sessions', '--out', '-');
    expect(sessions.stdout.trim().split('\n')).toHaveLength(
      await client.db(source).collection('sessions').countDocuments(),
    );
    const csv = await cli(source, 'export', '--what', 'sessions', '--format', 'csv', '--out', '-');
    expect(csv.stdout).toMatch(/^_id,userId,startedAt,.*device\.type/);
    expect(csv.stdout.split('\n').filter((row) => /,(mobile|desktop|tablet),/.test(row))).toHaveLength(
      await client
        .db(source)
        .collection('sessions')
        .countDocuments({ 'device.type': { $in: ['mobile', 'desktop', 'tablet'] } }),
    );
  });

  it('writes the events of another schema as import lines', async () => {
    const user = new ObjectId();
    const session = new ObjectId();
    await client
      .db(other)
      .collection('sessions')
      .insertOne({
        _id: session,
        userId: user,
        deviceInfo: { browser: 'Firefox', os: 'Linux' },
      });
    await client
      .db(other)
      .collection('events')
      .insertOne({
        userId: user,
        sessionId: session,
        eventType: 'PAGE_VIEW',
        timestamp: new Date('2026-02-01T00:00:00Z'),
        metadata: { pageUrl: 'https://a.example/shop?x=1', duration: 3 },
      });
    const outcome = await cli(other, 'export', '--mapping', 'mern-tracker', '--out', '-');
    expect(JSON.parse(outcome.stdout)).toMatchObject({
      userId: user.toHexString(),
      sessionId: session.toHexString(),
      eventType: 'PAGE_VIEW',
      timestamp: '2026-02-01T00:00:00.000Z',
      durationSec: 3,
      browser: 'Firefox',
      page: { url: 'https://a.example/shop?x=1', path: '/shop' },
      properties: { pageUrl: 'https://a.example/shop?x=1', duration: 3 },
    });
  });

  it('leaves no half file behind when it is ended', async () => {
    const controller = new AbortController();
    controller.abort();
    const outcome = await runCli(['export', '--out', file('half.ndjson'), '--uri', uri, '--db', source], {
      signal: controller.signal,
    });
    expect(outcome.exitCode).toBe(1);
    expect(outcome.stderr).toMatch(/cancelled/);
    expect(existsSync(file('half.ndjson'))).toBe(false);
    expect(existsSync(file('half.ndjson.partial'))).toBe(false);
  });
});
