/** Puts the sample shop's history into the database, by the rules that hold for every event. */
import { MongoClient } from 'mongodb';
import { openIngest, type Ingest } from '../../src/analytics/ingest/ingest.ts';
import { generateSample } from '../../src/analytics/sample/generate.ts';
import { sampleLiveEvents } from '../../src/analytics/sample/live.ts';
import { sampleTraits } from '../../src/analytics/sample/visitor.ts';
import type { EventLine } from '../../src/shared/model/event.ts';
import { eventLineToItem } from '../../src/shared/model/ingest/eventLine.ts';
import type { IngestItem } from '../../src/shared/model/ingest/item.ts';
import { progressBar } from '../provide/progressBar.mjs';
import type { Shop } from './demoFolder.ts';

const BATCH = 1_000;
const DERIVE_EVERY = 50_000;
const HISTORY_DAYS = 90;

/** Loads a shop's whole history; doing it again adds nothing, so an interrupted one is resumed by repeating it. */
export async function loadHistory(uri: string, database: string, shop: Shop): Promise<void> {
  await store(uri, database, shop, 'loading 90 days of history', shop.events, generateSample(shop));
}

/**
 * Fills the time since the newest stored event, when nobody sent live traffic, at the shop's usual pace.
 * Does nothing when that is less than an hour ago.
 */
export async function fillPause(uri: string, database: string, shop: Shop, now: number): Promise<void> {
  const newest = await newestEventAt(uri, database);
  if (newest === null || now - newest < 60 * 60_000) return;
  const eventsPerMinute = shop.events / (HISTORY_DAYS * 24 * 60);
  const expected = Math.round(((now - newest) / 60_000) * eventsPerMinute);
  const traffic = sampleLiveEvents({ seed: shop.seed, startAt: newest + 1, eventsPerMinute });
  await store(uri, database, shop, 'filling the time since the last demo', expected, until(traffic, now));
}

function* until(lines: Iterable<EventLine>, endAt: number): Generator<EventLine> {
  for (const line of lines) {
    if (timeOf(line) >= endAt) return;
    yield line;
  }
}

async function newestEventAt(uri: string, database: string): Promise<number | null> {
  const client = await MongoClient.connect(uri);
  try {
    const events = client.db(database).collection<{ timestamp: Date }>('events');
    const [newest] = await events.find().sort({ timestamp: -1 }).limit(1).toArray();
    return newest ? newest.timestamp.getTime() : null;
  } finally {
    await client.close();
  }
}

async function store(
  uri: string,
  database: string,
  { seed }: Shop,
  label: string,
  expected: number,
  lines: Iterable<EventLine>,
): Promise<void> {
  const client = await MongoClient.connect(uri);
  const bar = progressBar(label, (events) => `${Math.round(events).toLocaleString('en')} events`);
  try {
    const ingest = openIngest({ db: client.db(database) });
    await ingest.prepare();
    let done = 0;
    let writing: Promise<unknown> = Promise.resolve();
    for (const items of inBatches(lines, seed)) {
      await writing; // so that making and writing overlap
      writing = ingest.write(items);
      writing.catch(() => undefined); // met by the await above or below
      done += items.length;
      bar.update(Math.min(done, expected), expected);
      if (done % DERIVE_EVERY < BATCH) await deriveAfter(writing, ingest);
    }
    await deriveAfter(writing, ingest);
    bar.update(expected, expected);
  } finally {
    bar.end();
    await client.close();
  }
}

async function deriveAfter(writing: Promise<unknown>, ingest: Ingest): Promise<void> {
  await writing;
  await ingest.derive();
}

function* inBatches(lines: Iterable<EventLine>, seed: number): Generator<IngestItem[]> {
  let batch: IngestItem[] = [];
  let arrivedAt = 0;
  for (const line of lines) {
    // Lines come in the order of their arrival; a late one arrives with its neighbours.
    arrivedAt = Math.max(arrivedAt, timeOf(line));
    batch.push(...itemsOf(line, new Date(arrivedAt), seed));
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** The event, and what signing up or logging in tells about the person. */
function itemsOf(line: EventLine, receivedAt: Date, seed: number): IngestItem[] {
  const result = eventLineToItem(line, { receivedAt, messageId: '', badTime: 'reject' });
  if (!result.ok) throw new Error(`The sample made an event that is refused: ${result.reason}`);
  const { item } = result;
  const { userId, eventType, messageId } = line;
  if (userId === undefined || (eventType !== 'sign_up' && eventType !== 'login')) return [item];
  const message = {
    _id: `${messageId}-person`,
    type: 'identify' as const,
    userId,
    identified: true,
    timestamp: new Date(timeOf(line)),
    receivedAt,
    traits: { ...sampleTraits(seed, userId) },
  };
  return [item, { kind: 'person', message }];
}

const timeOf = (line: EventLine): number => new Date(line.timestamp).getTime();
