import type { Db } from 'mongodb';
import { eventLineToItem } from '../../../shared/model/ingest/eventLine';
import type { IngestItem } from '../../../shared/model/ingest/item';
import { openIngest } from '../../ingest/ingest';
import { generateSample, type SampleOptions } from '../../sample/generate';

/** Fills an empty database with the sample shop, received at its end, with everything derived. */
export async function loadSample(db: Db, options: SampleOptions): Promise<void> {
  const ingest = openIngest({ db });
  await ingest.prepare();
  let items: IngestItem[] = [];
  const receivedAt = new Date(options.endAt);
  for (const line of generateSample(options)) {
    const read = eventLineToItem(line, { receivedAt, messageId: '', badTime: 'reject' });
    if (!read.ok) throw new Error(read.reason);
    items.push(read.item);
    if (items.length === 1_000) {
      await ingest.write(items);
      items = [];
    }
  }
  if (items.length > 0) await ingest.write(items);
  await ingest.derive();
}
