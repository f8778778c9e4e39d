import { MongoBulkWriteError, type Collection, type Document } from 'mongodb';
import { generateSample } from '../../src/analytics/sample/generate';
import { INDEXES } from '../../src/shared/model/indexes';
import { END_AT } from './questions';

const BATCH = 10_000;

const DUPLICATE_KEY = 11_000;

/** Stores documents; one whose id is there already is the same event again. Nothing is remembered between calls. */
async function insertOnce(events: Collection, batch: Document[]): Promise<void> {
  try {
    await events.insertMany(batch, { ordered: false });
  } catch (error) {
    const isRepeat =
      error instanceof MongoBulkWriteError &&
      [error.writeErrors].flat().every(({ code }) => code === DUPLICATE_KEY);
    if (!isRepeat) throw error;
  }
}

/**
 * Fills a collection with the sample shop and builds Waymark's indexes, which the textbook's pipelines may
 * use too. The textbook knows no aliases: a person is known by the anonymous id throughout.
 */
export async function loadBenchEvents(events: Collection, amount: number, endAt = END_AT): Promise<void> {
  let batch: Document[] = [];
  for (const line of generateSample({ seed: 1, events: amount, endAt })) {
    const { messageId = '', userId, anonymousId, timestamp, properties = {}, ...rest } = line;
    const at = new Date(timestamp);
    const user = anonymousId ?? userId;
    batch.push({ _id: messageId, userId: user, ...rest, timestamp: at, receivedAt: at, properties });
    if (batch.length === BATCH) {
      await insertOnce(events, batch);
      batch = [];
    }
  }
  if (batch.length > 0) await insertOnce(events, batch);
  for (const { collection, key } of INDEXES) {
    if (collection === 'events') await events.createIndex({ ...key });
  }
}
