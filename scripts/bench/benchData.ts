import type { Collection } from 'mongodb';
import { generateSample } from '../../src/analytics/sample/generate';
import { INDEXES } from '../../src/shared/model/indexes';
import { END_AT } from './questions';

const BATCH = 10_000;

/**
 * Fills a collection with the sample shop and builds Waymark's indexes, which the textbook's pipelines may
 * use too. The textbook knows no aliases: a person is known by the anonymous id throughout.
 */
export async function loadBenchEvents(events: Collection, amount: number, endAt = END_AT): Promise<void> {
  let batch: Record<string, unknown>[] = [];
  const seen = new Set<string>();
  for (const line of generateSample({ seed: 1, events: amount, endAt })) {
    const { messageId = '', userId, anonymousId, timestamp, properties = {}, ...rest } = line;
    if (seen.has(messageId)) continue;
    seen.add(messageId);
    const at = new Date(timestamp);
    const user = anonymousId ?? userId;
    batch.push({ _id: messageId, userId: user, ...rest, timestamp: at, receivedAt: at, properties });
    if (batch.length === BATCH) {
      await events.insertMany(batch, { ordered: false });
      batch = [];
    }
  }
  if (batch.length > 0) await events.insertMany(batch, { ordered: false });
  for (const { collection, key } of INDEXES) {
    if (collection === 'events') await events.createIndex({ ...key });
  }
}
