import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { MongoClient } from 'mongodb';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { expectStored, settled } from './testing/checkStored';
import { eventOf, Load, send } from './testing/load';
import { type CollectorProcess, startCollector, temporaryFolder, WRITE_KEY } from './testing/runCollector';

const run = promisify(execFile);
let client: MongoClient;
const used = new Set<string>();
const cleanups: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  client = await MongoClient.connect(inject('mongoUri'));
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});
afterAll(async () => {
  for (const name of used) await client.db(name).dropDatabase();
  await client.close();
});

async function start(
  name: string,
  options: { env?: Record<string, string>; dataDir?: string; uri?: string } = {},
): Promise<{ collector: CollectorProcess; database: string; dataDir: string }> {
  const database = `collector_${name}`;
  used.add(database);
  const own = options.dataDir === undefined ? await temporaryFolder() : null;
  if (own) cleanups.push(own.remove);
  const dataDir = options.dataDir ?? own?.folder ?? '';
  const collector = await startCollector({
    uri: options.uri ?? inject('mongoUri'),
    database,
    dataDir,
    ...(options.env ? { env: options.env } : {}),
  });
  cleanups.push(() => collector.kill());
  return { collector, database, dataDir };
}

describe('delivery', () => {
  it('gives the same events, users and sessions when everything comes twice and shuffled', async () => {
    const straight = await start('straight');
    const shuffled = await start('shuffled');
    const events = Array.from({ length: 600 }, (_, index) => eventOf(`same-${index}`, index));
    await send(`${straight.collector.url}/v1/events`, JSON.stringify(events));
    const twice = [...events, ...events].sort(() => Math.random() - 0.5);
    for (let at = 0; at < twice.length; at += 70) {
      const { status } = await send(
        `${shuffled.collector.url}/v1/events`,
        JSON.stringify(twice.slice(at, at + 70)),
      );
      expect(status).toBe(200);
    }
    const contents = async (database: string): Promise<unknown> => {
      const read = (name: string, projection = {}) =>
        client
          .db(database)
          .collection(name)
          .find({}, { projection, sort: { _id: 1 } })
          .toArray();
      return {
        events: await read('events', { receivedAt: 0 }),
        users: await read('users'),
        sessions: await read('sessions'),
        identities: await read('identities'),
      };
    };
    await settled(straight.collector.url);
    await settled(shuffled.collector.url);
    expect(await contents(shuffled.database)).toEqual(await contents(straight.database));
  });

  it('says of an event that it has it already', async () => {
    const { collector } = await start('duplicate');
    const body = JSON.stringify([eventOf('d-1', 1), eventOf('d-1', 1), eventOf('d-2', 2)]);
    const first = JSON.parse((await send(`${collector.url}/v1/events`, body)).body) as {
      results: { status: string }[];
    };
    expect(first.results.map(({ status }) => status)).toEqual(['accepted', 'duplicate', 'accepted']);
    const again = JSON.parse((await send(`${collector.url}/v1/events`, body)).body) as {
      results: { status: string }[];
    };
    expect(again.results.map(({ status }) => status)).toEqual(['duplicate', 'duplicate', 'duplicate']);
    const asked = await send(
      `${collector.url}/v1/events?ack=database&results=all`,
      JSON.stringify(eventOf('d-2', 2)),
    );
    expect(JSON.parse(asked.body)).toEqual({
      success: true,
      results: [{ messageId: 'd-2', status: 'duplicate' }],
    });
  });

  it('loses nothing when connections are cut between write and answer', async () => {
    const { collector, database } = await start('cut');
    const { hostname, port } = new URL(collector.url);
    const sent = new Set<string>();
    for (let round = 0; round < 60; round += 1) {
      const id = `cut-${round}`;
      sent.add(id);
      const body = JSON.stringify(eventOf(id, round));
      await new Promise<void>((resolve) => {
        const socket = connect(Number(port), hostname, () => {
          socket.write(
            `POST /v1/events HTTP/1.1\r\nHost: x\r\nX-Write-Key: ${WRITE_KEY}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
            () => setTimeout(() => socket.destroy(), round % 4),
          );
        });
        socket.on('close', () => resolve());
        socket.on('error', () => undefined);
      });
    }
    const acknowledged = new Set<string>();
    for (const id of sent) {
      const { status } = await send(
        `${collector.url}/v1/events`,
        JSON.stringify(eventOf(id, Number(id.slice(4)))),
      );
      if (status === 200) acknowledged.add(id);
    }
    expect(acknowledged.size).toBe(60);
    await settled(collector.url);
    await expectStored(client.db(database), acknowledged, sent);
  });

  it('ends within ten seconds of SIGTERM during a burst, ready going red, with nothing lost', async () => {
    const { collector, database, dataDir } = await start('sigterm');
    const load = new Load('term', 100);
    const stop = new AbortController();
    const running = load.run(collector.url, 16, stop.signal);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    const { code, tookMs } = await collector.stop();
    stop.abort();
    await running;
    expect(code).toBe(0);
    expect(tookMs).toBeLessThan(10_000);
    const again = await start('sigterm', { dataDir });
    await load.finish(again.collector.url);
    await settled(again.collector.url);
    await expectStored(client.db(database), load.acknowledged, load.sent);
  });

  it('replays the log with its torn end cut and its damaged records skipped, reported and kept aside', async () => {
    const unreachable = 'mongodb://127.0.0.1:9/?directConnection=true&serverSelectionTimeoutMS=200';
    const first = await start('replay', { uri: unreachable });
    const ids = Array.from({ length: 30 }, (_, index) => `r-${index}`);
    for (const [index, id] of ids.entries()) {
      const { status } = await send(`${first.collector.url}/v1/events`, JSON.stringify(eventOf(id, index)));
      expect(status).toBe(200);
    }
    await first.collector.kill();
    const folder = path.join(first.dataDir, 'log');
    const [name = ''] = (await readdir(folder)).filter((file) => file.endsWith('.log'));
    const file = path.join(folder, name);
    const bytes = await readFile(file);
    // As the database's own form writes a text's end.
    const at = (id: string): number => bytes.indexOf(`${id}\0`);
    bytes.writeUInt8(bytes.readUInt8(at('r-10')) ^ 0xff, at('r-10'));
    const headerOf20 = bytes.lastIndexOf('WML1', at('r-20'));
    bytes.fill(0xaa, headerOf20, headerOf20 + 16);
    await writeFile(file, bytes.subarray(0, bytes.length - 5));

    const second = await start('replay', { dataDir: first.dataDir });
    await settled(second.collector.url);
    const stored = (await client.db(second.database).collection('events').find().toArray()).map(({ _id }) =>
      String(_id),
    );
    expect(stored.sort()).toEqual(ids.filter((id) => !['r-10', 'r-20', 'r-29'].includes(id)).sort());
    const { body } = await send(`${second.collector.url}/metrics`, '', { method: 'GET' });
    expect(Number(/^waymark_collector_log_damaged_bytes_total (\d+)/m.exec(body)?.[1])).toBeGreaterThan(100);
    expect(second.collector.output()).toContain('"damagedPlaces":2');
    expect((await readdir(folder)).some((file) => file.endsWith('.damaged'))).toBe(true);
  });

  it('goes to the database when the disk is full, and says 503 when that is away too', async () => {
    const { folder, remove } = await temporaryFolder();
    cleanups.push(remove);
    const mounted = await mountSmall(folder);
    if (mounted) cleanups.push(mounted);
    const env: Record<string, string> = { WAYMARK_FAIL_WRITES_ABOVE_KB: '256' };

    const { collector, database } = await start('enospc', { dataDir: folder, ...(mounted ? {} : { env }) });
    const acknowledged = new Set<string>();
    const sent = new Set<string>();
    for (let index = 0; index < 120; index += 1) {
      const id = `full-${index}`;
      sent.add(id);
      const event = { ...eventOf(id, index), properties: { number: index, padding: 'x'.repeat(30_000) } };
      const { status } = await send(`${collector.url}/v1/events`, JSON.stringify([event]));
      expect([200, 503]).toContain(status);
      if (status === 200) acknowledged.add(id);
    }
    expect(acknowledged.size).toBe(120);
    await settled(collector.url);
    await expectStored(client.db(database), acknowledged, sent);
  });

  it('refuses a data folder that another collector uses', async () => {
    const { dataDir } = await start('claimed');
    await expect(start('claimed', { dataDir })).rejects.toThrow(/another collector uses this folder/);
  });
});

/** Mounts a file system of one megabyte, where that is allowed; returns how to unmount it. */
async function mountSmall(folder: string): Promise<(() => Promise<unknown>) | null> {
  try {
    await run('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder]);
    return () => run('umount', ['-l', folder]);
  } catch {
    return null;
  }
}
