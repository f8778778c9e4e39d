/** Writers of a database of their own, and small messages for them. */
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, inject } from 'vitest';
import type { StoredEvent, StoredPersonMessage } from '../../../shared/model/event';
import type { IngestItem } from '../../../shared/model/ingest/item';
import { encodeEvents, readSketches } from '../encodedEvents';
import { type Ingest, openIngest } from '../ingest';
import type { InsertOutcome } from '../insertOnce';

/** What the tests of one file share, once they run. */
export interface Databases {
  readonly client: MongoClient;
  /** A writer of the database of that name, with its indexes; any number of writers may have the same. */
  open(name: string): Promise<Ingest>;
}

/** Gives the tests of a file databases of their own, and drops these after them. */
export function useDatabases(): Databases {
  let client: MongoClient | undefined;
  const databases = new Set<string>();
  const connected = (): MongoClient => {
    if (!client) throw new Error('the tests have not begun');
    return client;
  };
  beforeAll(async () => {
    client = await MongoClient.connect(inject('mongoUri'));
  });
  afterAll(async () => {
    for (const name of databases) await client?.db(name).dropDatabase();
    await client?.close();
  });
  return {
    get client() {
      return connected();
    },
    async open(name) {
      databases.add(`ingest_${name}`);
      const ingest = openIngest({ db: connected().db(`ingest_${name}`) });
      await ingest.prepare();
      return ingest;
    },
  };
}

const START = Date.UTC(2026, 2, 1, 9);
/** An instant, in minutes after the beginning. */
export const at = (minutes: number): Date => new Date(START + minutes * 60_000);

/** An event of a person at a minute. */
export const event = (
  id: string,
  minutes: number,
  more: Partial<StoredEvent> & { userId: string },
): IngestItem => ({
  kind: 'event',
  event: {
    _id: id,
    eventType: 'click',
    timestamp: at(minutes),
    receivedAt: at(minutes),
    properties: {},
    ...more,
  },
});

/** What is said of a person at a minute. */
export const person = (
  id: string,
  minutes: number,
  more: Partial<StoredPersonMessage> & { userId: string },
): IngestItem => ({
  kind: 'person',
  message: {
    _id: id,
    type: 'identify',
    identified: true,
    timestamp: at(minutes),
    receivedAt: at(minutes),
    ...more,
  },
});

/** Writes items, their events encoded as those that come from a log. */
export async function writeEncoded(ingest: Ingest, items: readonly IngestItem[]): Promise<InsertOutcome[]> {
  const bytes = encodeEvents(items.flatMap((item) => (item.kind === 'event' ? [item.event] : [])));
  const outcomes = await ingest.writeEncoded([{ bytes, sketches: readSketches(bytes) }]);
  await ingest.write(items.filter(({ kind }) => kind === 'person'));
  return outcomes;
}

/** Everything that is derived, in an order of its own, without what counts writes. */
export async function derived({ stores }: Ingest): Promise<Record<string, unknown>> {
  const sorted = { sort: { _id: 1 } } as const;
  return {
    users: await stores.users.find({}, sorted).toArray(),
    sessions: await stores.sessions.find({}, sorted).toArray(),
    identities: await stores.identities.find({}, sorted).toArray(),
    profiles: await stores.profiles.find({}, { ...sorted, projection: { revision: 0 } }).toArray(),
    events: await stores.events.countDocuments(),
  };
}

/** Two writers may insert one derived document at the same time; who comes second begins again. */
export async function derivePatiently(writer: Ingest): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      await writer.derive();
      return;
    } catch (error) {
      if (tries > 20) throw error;
    }
  }
}
