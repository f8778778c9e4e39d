import type { StoredDeadLetter } from '../../../src/analytics/ingest/stores';
import type { ClientClock, StoredEvent, StoredPersonMessage } from '../../../src/shared/model/event';
import type { IngestItem } from '../../../src/shared/model/ingest/item';

/** What one request brought, for one project's database: one record of the log. */
export interface Entry {
  database: string;
  items: IngestItem[];
  deadLetters: StoredDeadLetter[];
}

interface PackedClock extends Omit<ClientClock, 'original' | 'sentAt'> {
  original?: number | string;
  sentAt?: number;
}

type Packed<T> = Omit<T, 'timestamp' | 'receivedAt' | 'clock'> & {
  timestamp: number;
  receivedAt: number;
  clock?: PackedClock | undefined;
};

/** An entry as JSON: events, messages about people, refused messages; times in milliseconds since 1970. */
export interface PackedEntry {
  d: string;
  e: Packed<StoredEvent>[];
  p: Packed<StoredPersonMessage>[];
  x: (Omit<StoredDeadLetter, 'receivedAt'> & { receivedAt: number })[];
}

/** The bytes of an entry in the log: JSON, with times as milliseconds. */
export function encodeEntry({ database, items, deadLetters }: Entry): Buffer {
  const packed: PackedEntry = { d: database, e: [], p: [], x: [] };
  for (const item of items) {
    if (item.kind === 'event') packed.e.push(packEvent(item.event));
    else packed.p.push(packTimes(item.message));
  }
  for (const letter of deadLetters) packed.x.push({ ...letter, receivedAt: letter.receivedAt.getTime() });
  return Buffer.from(JSON.stringify(packed));
}

/** Reads what `encodeEntry` wrote; the log's checksum vouches for it. */
export function decodeEntry(bytes: Buffer): Entry {
  return unpackEntry(JSON.parse(bytes.toString('utf8')) as PackedEntry);
}

/** The entry that a packed one stands for. */
export function unpackEntry(packed: PackedEntry): Entry {
  const items: IngestItem[] = packed.e.map((event) => ({ kind: 'event', event: unpackEvent(event) }));
  for (const message of packed.p) items.push({ kind: 'person', message: unpackTimes(message) });
  return {
    database: packed.d,
    items,
    deadLetters: packed.x.map((letter) => ({ ...letter, receivedAt: new Date(letter.receivedAt) })),
  };
}

const packTimes = <T extends { timestamp: Date; receivedAt: Date }>(value: T) => ({
  ...value,
  timestamp: value.timestamp.getTime(),
  receivedAt: value.receivedAt.getTime(),
});

const unpackTimes = <T extends { timestamp: number; receivedAt: number }>(value: T) => ({
  ...value,
  timestamp: new Date(value.timestamp),
  receivedAt: new Date(value.receivedAt),
});

const packEvent = (event: StoredEvent): Packed<StoredEvent> => ({
  ...event,
  timestamp: event.timestamp.getTime(),
  receivedAt: event.receivedAt.getTime(),
  clock: event.clock && packClock(event.clock),
});

function packClock({ original, sentAt, ...rest }: ClientClock): PackedClock {
  const packed: PackedClock = { ...rest };
  if (original !== undefined) packed.original = original instanceof Date ? original.getTime() : original;
  if (sentAt) packed.sentAt = sentAt.getTime();
  return packed;
}

function unpackEvent({ clock, ...event }: Packed<StoredEvent>): StoredEvent {
  const unpacked = unpackTimes(event);
  if (!clock) return unpacked;
  const { original, sentAt, ...rest } = clock;
  return {
    ...unpacked,
    clock: {
      ...rest,
      ...(original === undefined
        ? {}
        : { original: typeof original === 'number' ? new Date(original) : original }),
      ...(sentAt === undefined ? {} : { sentAt: new Date(sentAt) }),
    },
  };
}
