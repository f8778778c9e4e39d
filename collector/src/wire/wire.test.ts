import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { IngestItem } from '../../../src/shared/model/ingest/item';
import { BodyBudget, readBody } from '../http/readBody';
import { keyOfHeaders } from '../http/requestKey';
import { BadBodyError, type Incoming, type MessageRead } from './incoming';
import { readNative } from './native';
import { readPosthogBatch } from './posthog';
import { readSegmentBatch, readSegmentSingle } from './segment';

const RECEIVED = new Date('2026-03-01T12:00:00.000Z');
let made = 0;
const readAll = (incoming: Incoming): MessageRead[] =>
  Array.from({ length: incoming.count }, (_, index) =>
    incoming.read(index, {
      receivedAt: RECEIVED,
      newId: () => `made-${(made += 1)}`,
      enrich: () => undefined,
    }),
  );
const itemsOf = (incoming: Incoming): IngestItem[] => readAll(incoming).flatMap(({ items }) => items);

interface Sample {
  path: string;
  headers: Record<string, string>;
  body: string;
}

/** A recorded request as Node would hand it over. */
function replay({ headers, body }: Sample): IncomingMessage {
  const stream = new PassThrough();
  stream.end(Buffer.from(body, 'base64'));
  return Object.assign(stream, { headers }) as unknown as IncomingMessage;
}

async function readSamples(name: string): Promise<{ keys: (string | undefined)[]; items: IngestItem[] }> {
  const file = new URL(`../testing/payloads/${name}.json`, import.meta.url);
  const keys: (string | undefined)[] = [];
  const items: IngestItem[] = [];
  for (const sample of JSON.parse(readFileSync(file, 'utf8')) as Sample[]) {
    const request = replay(sample);
    const { text } = await readBody(request, 2 ** 20, new BodyBudget(2 ** 24));
    const body: unknown = JSON.parse(text);
    const incoming = sample.path.startsWith('/v1') ? readSegmentBatch(body) : readPosthogBatch(body);
    keys.push(keyOfHeaders(request) ?? incoming.key);
    items.push(...itemsOf(incoming));
  }
  return { keys, items };
}

const brief = (items: readonly IngestItem[]): string[] =>
  items.map((item) =>
    item.kind === 'event'
      ? `${item.event.eventType} ${item.event.userId} ${item.event.anonymousId ?? '-'}`
      : `${item.message.type} ${item.message.userId} ${item.message.alias ?? '-'}`,
  );

describe('recorded payloads', () => {
  it.each([
    [
      'segment-node',
      [
        'page_visit sample-user sample-anon',
        'Order Completed sample-user sample-anon',
        'identify sample-user sample-anon',
        'group sample-user sample-anon',
        'alias sample-user sample-old',
      ],
    ],
    [
      'rudder-node',
      [
        'page_visit sample-user sample-anon',
        'Order Completed sample-user sample-anon',
        'identify sample-user sample-anon',
        'group sample-user sample-anon',
        'alias sample-user sample-old',
      ],
    ],
    [
      'posthog-node',
      [
        '$pageview sample-anon sample-anon',
        'identify sample-user sample-anon',
        'paid sample-user sample-user',
        'alias sample-user sample-old',
      ],
    ],
    [
      'segment-browser',
      [
        'page_visit sample-anon sample-anon',
        'Viewed in page sample-anon sample-anon',
        'identify bn-user sample-anon',
        'Left bn-user sample-anon',
        'group bn-user sample-anon',
        'alias bn-user bn-before',
      ],
    ],
  ])('of %s are read as sent', async (name, expected) => {
    const { keys, items } = await readSamples(name);
    expect(brief(items)).toEqual(expected);
    expect(new Set(keys)).toEqual(new Set(['sample-key']));
  });
});

describe('Segment messages', () => {
  const one = (message: Record<string, unknown>): MessageRead | undefined =>
    readAll(readSegmentBatch({ batch: [message] }))[0];

  it('merges the outer context into each message’s own, which goes first', () => {
    const [item] = itemsOf(
      readSegmentBatch({
        context: { page: { path: '/outer' }, campaign: { source: 'news' } },
        batch: [{ type: 'track', event: 'e', userId: 'u', context: { page: { path: '/own' } } }],
      }),
    );
    expect(item).toMatchObject({ event: { page: { path: '/own' }, properties: { utm_source: 'news' } } });
  });

  it('corrects the clock by when the batch was sent', () => {
    const [item] = itemsOf(
      readSegmentBatch({
        sentAt: '2026-03-01T10:00:10Z',
        batch: [{ type: 'track', event: 'e', userId: 'u', timestamp: '2026-03-01T10:00:00Z' }],
      }),
    );
    expect(item).toMatchObject({
      event: {
        timestamp: new Date('2026-03-01T11:59:50Z'),
        clock: { original: new Date('2026-03-01T10:00:00Z'), sentAt: new Date('2026-03-01T10:00:10Z') },
      },
    });
  });

  it.each([
    [{ type: 'track', event: 'e' }, /userId/],
    [{ type: 'track', event: 'e', userId: 'undefined' }, /userId/],
    [{ type: 'track', event: '', userId: 'u' }, /event/],
    [{ type: 'track', event: 7, userId: 'u' }, /event/],
    [{ type: 'spin', userId: 'u' }, /type/],
    [{ type: 'alias', userId: 'u', previousId: 'null' }, /previousId/],
    [{ type: 'group', userId: 'u' }, /groupId/],
  ])('refuses %j alone, with a reason', (message, reason) => {
    expect(one(message)).toMatchObject({ items: [], reason: expect.stringMatching(reason) });
  });

  it('takes the anonymous id where the user id is junk, and numbers as ids', () => {
    expect(one({ type: 'track', event: 'e', userId: 'null', anonymousId: 'a' })?.items).toMatchObject([
      { event: { userId: 'a', anonymousId: 'a' } },
    ]);
    expect(one({ type: 'track', event: 'e', userId: 42 })?.items).toMatchObject([
      { event: { userId: '42' } },
    ]);
  });

  it('reads the address’s type, whatever the message says', () => {
    expect(brief(itemsOf(readSegmentSingle({ type: 'track', userId: 'u', traits: {} }, 'identify')))).toEqual(
      ['identify u -'],
    );
  });

  it('refuses bodies that are no batch', () => {
    expect(() => readSegmentBatch({ batch: {} })).toThrow(BadBodyError);
    expect(() => readSegmentBatch([])).toThrow(BadBodyError);
    expect(() => readSegmentSingle([], 'track')).toThrow(BadBodyError);
  });
});

describe('native events', () => {
  const line = { userId: 'u', eventType: 'e', timestamp: '2026-03-01T00:00:00Z' };

  it('takes one, an array, and NDJSON with a bad line between good ones', () => {
    expect(itemsOf(readNative(JSON.stringify(line)))).toHaveLength(1);
    expect(itemsOf(readNative(JSON.stringify([line, line])))).toHaveLength(2);
    const reads = readAll(readNative(`${JSON.stringify(line)}\n{oops\n\n${JSON.stringify(line)}\n`));
    expect(reads.map(({ reason }) => reason)).toEqual([undefined, 'the line is not JSON', undefined]);
  });

  it.each(['', 'nonsense', '7', '"text"', 'null'])('refuses %j', (text) => {
    expect(() => readNative(text)).toThrow(BadBodyError);
  });

  it.each([
    [{ timestamp: undefined }, '"timestamp" is needed'],
    [{ eventType: undefined }, '"eventType" is needed'],
    [{ userId: undefined }, 'userId: either "userId" or "anonymousId" is needed'],
    [{ timestamp: true }, 'timestamp: neither an ISO 8601 time nor milliseconds since 1970'],
  ])('says what is wrong with %j', (change, reason) => {
    const [read] = readAll(readNative(JSON.stringify({ ...line, ...change })));
    expect(read?.reason).toBe(reason);
  });

  it.each(['writeKey', 'api_key'])('finds the key in %s of the first event, and keeps it nowhere', (name) => {
    for (const body of [{ ...line, [name]: 'k' }, [{ ...line, [name]: 'k' }, line]]) {
      const incoming = readNative(JSON.stringify(body));
      expect(incoming.key).toBe('k');
      expect(JSON.stringify([incoming.raw(0), readAll(incoming)])).not.toContain('"k"');
      expect(readAll(incoming).every(({ reason }) => reason === undefined)).toBe(true);
    }
    expect(readSegmentBatch({ batch: [], [name]: 'k' }).key).toBe('k');
    expect(JSON.stringify(readSegmentSingle({ userId: 'u', [name]: 'k' }, 'track').raw(0))).not.toContain(
      '"k"',
    );
  });

  it('refuses an event with a field it does not know, naming it', () => {
    const [read] = readAll(readNative(JSON.stringify({ ...line, colour: 'red' })));
    expect(read?.reason).toMatch(/colour/);
  });
});
