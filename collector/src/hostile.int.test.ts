import { connect } from 'node:net';
import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { send } from './testing/load';
import { DEEP, WRITE_KEY } from './testing/runCollector';
import { useCollector } from './testing/useCollector';

const DATABASE = 'collector_hostile';
const OTHER = 'collector_hostile_other';
const REQUESTS = DEEP ? 200_000 : 3_000;
const shared = useCollector(DATABASE, {
  env: { WAYMARK_KEYS: `${WRITE_KEY}:${DATABASE},other-key:${OTHER}`, WAYMARK_MAX_BODY_MB: '0.5' },
  others: [OTHER],
});
beforeAll(async () => {
  const kept = { messageId: 'kept', userId: 'kept', eventType: 'kept', timestamp: '2026-01-01T00:00:00Z' };
  await send(`${shared.collector.url}/v1/events?ack=database`, JSON.stringify(kept), { key: 'other-key' });
});

const PATHS = [
  '/v1/batch',
  '/v1/b',
  '/v1/track',
  '/v1/t',
  '/v1/p',
  '/v1/s',
  '/v1/i',
  '/v1/g',
  '/v1/alias',
  '/batch/',
  '/v1/events',
] as const;

/** Names and values that have broken servers elsewhere. */
const NASTY_KEYS = [
  '__proto__',
  'constructor',
  'prototype',
  '$where',
  '$ne',
  'a.b',
  '',
  '\0',
  '\ud800',
  'toString',
  '_id',
];
const NASTY_VALUES: unknown[] = [
  null,
  0,
  -0,
  1e308,
  '',
  'null',
  '[object Object]',
  '\0',
  '\ud800',
  '$where',
  { $gt: '' },
  { $ne: null },
  { __proto__: { polluted: true } },
  [],
  [[[[[[]]]]]],
  '9999-99-99T99:99:99Z',
  '-271821-04-20T00:00:00.000Z',
  'x'.repeat(70_000),
];

const nastyKey = fc.oneof(fc.constantFrom(...NASTY_KEYS), fc.string({ unit: 'binary', maxLength: 12 }));
const nastyValue = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...NASTY_VALUES) },
  { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 4 }) },
  fc.dictionary(nastyKey, fc.constantFrom(...NASTY_VALUES), { maxKeys: 4 }),
);

/** A message with the wire's own field names and anything in them. */
const message = fc.record(
  {
    type: fc.oneof(fc.constantFrom('track', 'page', 'screen', 'identify', 'group', 'alias'), nastyValue),
    event: fc.oneof(fc.string(), nastyValue),
    eventType: fc.oneof(fc.string(), nastyValue),
    userId: fc.oneof(fc.string(), nastyValue),
    anonymousId: nastyValue,
    previousId: nastyValue,
    groupId: nastyValue,
    distinct_id: nastyValue,
    messageId: fc.oneof(fc.uuid(), nastyValue),
    uuid: nastyValue,
    timestamp: nastyValue,
    originalTimestamp: nastyValue,
    sentAt: nastyValue,
    sessionId: nastyValue,
    durationSec: nastyValue,
    properties: fc.dictionary(nastyKey, nastyValue, { maxKeys: 5 }),
    traits: fc.oneof(fc.dictionary(nastyKey, nastyValue, { maxKeys: 5 }), nastyValue),
    context: fc.oneof(
      fc.record({
        page: nastyValue,
        ip: nastyValue,
        userAgent: nastyValue,
        campaign: nastyValue,
        device: nastyValue,
        traits: nastyValue,
      }),
      nastyValue,
    ),
    page: nastyValue,
  },
  { requiredKeys: [] },
);

const jsonBody = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.array(message, { maxLength: 6 }).map((batch) => ({ batch, sent_at: batch[0]?.sentAt })),
  },
  { weight: 2, arbitrary: message },
  { weight: 2, arbitrary: fc.array(message, { maxLength: 4 }) },
  fc.record({ batch: nastyValue, writeKey: nastyValue, api_key: nastyValue, context: nastyValue }),
  nastyValue,
);

const bytes = fc.oneof(
  { weight: 6, arbitrary: jsonBody.map((value) => Buffer.from(JSON.stringify(value) ?? '')) },
  fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array)),
  jsonBody.map((value) => Buffer.from((JSON.stringify(value) ?? '').slice(0, -3))),
  fc
    .array(message, { maxLength: 3 })
    .map((lines) => Buffer.from(lines.map((line) => JSON.stringify(line)).join('\n{,\n'))),
  fc.constantFrom(
    Buffer.from('['.repeat(200_000)),
    Buffer.from(`{"batch":${'['.repeat(50_000)}${']'.repeat(50_000)}}`),
    Buffer.from(
      `{"userId":"u","eventType":"e","timestamp":0,"properties":${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}}`,
    ),
    Buffer.from('{"batch":[' + '{},'.repeat(2_000) + '{}]}'),
    Buffer.from('\ufeff{}'),
    Buffer.alloc(0),
  ),
);

/** As tight as can be would take the sender longer than everything else. */
const QUICKLY = { params: { [constants.BROTLI_PARAM_QUALITY]: 3 } };

const encoding = fc.constantFrom(
  { name: null, encode: (body: Buffer) => body },
  { name: null, encode: (body: Buffer) => body },
  { name: 'gzip', encode: (body: Buffer) => gzipSync(body) },
  { name: null, encode: (body: Buffer) => gzipSync(body) },
  { name: 'deflate', encode: (body: Buffer) => deflateSync(body) },
  { name: 'br', encode: (body: Buffer) => brotliCompressSync(body, QUICKLY) },
  { name: 'gzip', encode: (body: Buffer) => gzipSync(body).subarray(0, 15) },
  { name: 'gzip', encode: (body: Buffer) => body },
  { name: 'gzip, br', encode: (body: Buffer) => body },
  { name: 'snappy', encode: (body: Buffer) => body },
);

type HostileRequest = typeof requestArbitrary extends fc.Arbitrary<infer T> ? T : never;

const requestArbitrary = fc.record({
  path: fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...PATHS) }, fc.webPath()),
  body: bytes,
  encoding,
  key: fc.oneof(
    { weight: 5, arbitrary: fc.constant(WRITE_KEY) },
    fc.constantFrom(null, 'wrong', 'a'.repeat(500)),
  ),
  type: fc.constantFrom(
    'application/json',
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    '',
  ),
  origin: fc.constantFrom(null, 'https://evil.example', 'null', 'x'.repeat(300)),
  agent: fc.constantFrom('Mozilla/5.0', 'Mozilla/' + '('.repeat(5_000), ''),
});

/** Requests are made up anew up to this many; more of them put the parts of those together in other ways. */
const MADE_UP = 6_000;

/** Hostile requests, the same for the same seed. */
function* hostileRequests(count: number, seed: number): Generator<HostileRequest, void, undefined> {
  const made = fc.sample(requestArbitrary, { numRuns: Math.min(count, MADE_UP), seed });
  yield* made;
  let state = seed;
  const any = (): HostileRequest => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const sample = made[Math.floor((state / 2 ** 32) * made.length)];
    if (!sample) throw new Error('nothing was made up');
    return sample;
  };
  for (let index = made.length; index < count; index += 1) {
    const { path } = any();
    const { body } = any();
    const { encoding } = any();
    yield { ...any(), path, body, encoding };
  }
}

/** Every field name in a value, however deep. */
const namesIn = (value: unknown): string[] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([name, member]) => [name, ...namesIn(member)])
    : [];

describe('hostile input', () => {
  it(
    `answers ${REQUESTS} hostile requests without a 5xx, a crash, a hang or another project's data`,
    async () => {
      const requests = hostileRequests(REQUESTS, Number(process.env['WAYMARK_SEED'] ?? 7));
      const statuses = new Map<number, number>();
      const worst: string[] = [];
      const sender = async (): Promise<void> => {
        for (const { path, body, encoding: how, key, type, origin, agent } of requests) {
          const answer = await send(`${shared.collector.url}${path}`, how.encode(body), {
            key,
            headers: {
              'content-type': type,
              'user-agent': agent,
              ...(how.name === null ? {} : { 'content-encoding': how.name }),
              ...(origin === null ? {} : { origin }),
            },
          });
          statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
          if (answer.status >= 500 || answer.status === 0) {
            worst.push(`${answer.status} ${path} ${how.name ?? ''} ${body.toString('latin1').slice(0, 300)}`);
          }
        }
      };
      await Promise.all(Array.from({ length: 8 }, sender));
      expect(worst).toEqual([]);
      expect(statuses.get(200)).toBeGreaterThan(REQUESTS / 20);
      expect(await shared.client.db(OTHER).collection('events').countDocuments()).toBe(1);
      const metrics = (await send(`${shared.collector.url}/metrics`, '', { method: 'GET' })).body;
      expect(Number(/^process_resident_memory_bytes (\S+)/m.exec(metrics)?.[1])).toBeLessThan(600 * 2 ** 20);
      for await (const event of shared.client.db(DATABASE).collection('events').find()) {
        expect(namesIn(event).filter((name) => /^\$|\.|^__proto__$/.test(name))).toEqual([]);
      }
      expect((await send(`${shared.collector.url}/livez`, '', { method: 'GET' })).status).toBe(200);
    },
    DEEP ? 3_600_000 : 180_000,
  );

  it('refuses a gzip bomb by its inflated size, in bounded memory', async () => {
    const bomb = gzipSync(Buffer.alloc(200 * 2 ** 20));
    expect(bomb.length).toBeLessThan(2 ** 19);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        send(`${shared.collector.url}/v1/batch`, bomb, { headers: { 'content-encoding': 'gzip' } }),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([413]));
    const metrics = (await send(`${shared.collector.url}/metrics`, '', { method: 'GET' })).body;
    expect(Number(/^process_resident_memory_bytes (\S+)/m.exec(metrics)?.[1])).toBeLessThan(600 * 2 ** 20);
  });

  it('refuses one event above 64 KB alone, and a request above the cap whole', async () => {
    const event = (messageId: string, padding: string) => ({
      messageId,
      userId: 'u',
      eventType: 'e',
      timestamp: '2026-01-01T00:00:00Z',
      properties: { padding },
    });
    const mixed = await send(
      `${shared.collector.url}/v1/events`,
      JSON.stringify([event('small', ''), event('large', 'x'.repeat(70_000))]),
    );
    expect(JSON.parse(mixed.body)).toMatchObject({
      success: true,
      results: [
        { status: 'accepted' },
        { status: 'rejected', reason: expect.stringContaining('65536 bytes') },
      ],
    });
    const whole = await send(
      `${shared.collector.url}/v1/events`,
      JSON.stringify([event('huge', 'x'.repeat(600_000))]),
    );
    expect(whole.status).toBe(413);
  });

  it('cuts senders that dribble, while others are served', async () => {
    const { hostname, port } = new URL(shared.collector.url);
    const sockets = Array.from({ length: 50 }, () => {
      const socket = connect(Number(port), hostname, () =>
        socket.write('POST /v1/batch HTTP/1.1\r\nHost: x\r\nX-A: '),
      );
      socket.on('error', () => undefined);
      const dribble = setInterval(() => socket.write('a'), 500);
      const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
      void closed.then(() => {
        clearInterval(dribble);
      });
      return closed;
    });
    const startedAt = Date.now();
    expect((await send(`${shared.collector.url}/livez`, '', { method: 'GET' })).status).toBe(200);
    expect(Date.now() - startedAt).toBeLessThan(2_000);
    await Promise.all(sockets);
    expect(Date.now() - startedAt).toBeLessThan(25_000);
  });

  it.each([
    'GARBAGE\r\n\r\n',
    'POST /v1/batch HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n',
    'POST /v1/batch HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'POST /v1/batch HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
    `GET /livez HTTP/1.1\r\nHost: x\r\nX-Long: ${'a'.repeat(40_000)}\r\n\r\n`,
    'POST /%ff%fe HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n',
    'GET /v1/projects/%00/settings HTTP/1.1\r\nHost: x\r\n\r\n',
    'DELETE /v1/users/%E0%A4%A HTTP/1.1\r\nHost: x\r\n\r\n',
  ])('answers malformed HTTP with a 4xx (%#)', async (text) => {
    expect(await answerTo(text)).toMatch(/^HTTP\/1\.1 4\d\d /);
  });

  it('takes a target with scheme and host, as proxies send it', async () => {
    const text = 'POST http://x/v1/batch?results=all HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n';
    expect(await answerTo(text)).toMatch(/^HTTP\/1\.1 400 /);
    expect(await answerTo(text.replace('/v1/batch', '/v1/nothing'))).toMatch(/^HTTP\/1\.1 404 /);
  });
});

/** What the collector answers to bytes on a connection. */
function answerTo(text: string): Promise<string> {
  const { hostname, port } = new URL(shared.collector.url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => socket.write(text));
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      socket.end();
    });
    socket.on('close', () => resolve(received));
    socket.on('error', () => resolve(received));
  });
}
