import { MongoClient } from 'mongodb';
import { generateSample } from '../../analytics/sample/generate';
import { openIngest } from '../../analytics/ingest/ingest';
import { eventLineToItem } from '../../shared/model/ingest/eventLine';
import type { IngestItem } from '../../shared/model/ingest/item';

/** The instant before which everything in the test's shop happened. */
export const SHOP_END = Date.parse('2026-06-30T12:00:00Z');

/** Fills a database with the sample shop, small and always the same. */
export async function fillShop(options: {
  uri: string;
  database: string;
  events?: number;
  endAt?: number;
}): Promise<void> {
  const { uri, database, events = 4_000, endAt = SHOP_END } = options;
  const client = new MongoClient(uri);
  try {
    const ingest = openIngest({ db: client.db(database) });
    await ingest.prepare();
    const items: IngestItem[] = [];
    for (const line of generateSample({ seed: 7, events, endAt })) {
      const receivedAt = new Date(endAt);
      const read = eventLineToItem(line, { receivedAt, messageId: line.messageId ?? '', badTime: 'reject' });
      if (read.ok) items.push(read.item);
    }
    for (let start = 0; start < items.length; start += 1_000)
      await ingest.write(items.slice(start, start + 1_000));
    await ingest.derive();
  } finally {
    await client.close();
  }
}

/** Removes a test's database. */
export async function dropShop(uri: string, database: string): Promise<void> {
  const client = new MongoClient(uri);
  await client.db(database).dropDatabase();
  await client.close();
}
