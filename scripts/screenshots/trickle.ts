/** Live traffic without a collector: events written as they happen. */
import { MongoClient } from 'mongodb';
import { openIngest } from '../../src/analytics/ingest/ingest.ts';
import { sampleLiveEvents } from '../../src/analytics/sample/live.ts';
import { eventLineToItem } from '../../src/shared/model/ingest/eventLine.ts';
import type { IngestItem } from '../../src/shared/model/ingest/item.ts';

const EVERY_MS = 250;

/** Writes about ten events a second into a database until the function it returns is called. */
export async function trickle(uri: string, database: string): Promise<() => Promise<void>> {
  const client = await MongoClient.connect(uri);
  const ingest = openIngest({ db: client.db(database) });
  const lines = sampleLiveEvents({ seed: 1, startAt: Date.now(), eventsPerMinute: 600 });
  let next = lines.next().value;
  let writing: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    const now = Date.now();
    const items: IngestItem[] = [];
    while (new Date(next.timestamp).getTime() <= now) {
      const read = eventLineToItem(next, { receivedAt: new Date(now), messageId: '', badTime: 'reject' });
      if (read.ok) items.push(read.item);
      next = lines.next().value;
    }
    if (items.length > 0) writing = writing.then(() => ingest.write(items));
  }, EVERY_MS);
  return async () => {
    clearInterval(timer);
    await writing;
    await client.close();
  };
}
