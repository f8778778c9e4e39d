import { decodeEvents, encodeEvents } from '../../../src/analytics/ingest/encodedEvents';
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
  packed.x = deadLetters.map(packLetter);
  return Buffer.from(JSON.stringify(packed));
}

/** An entry whose events are encoded as the database stores them: made once, for the log and for the database. */
export interface Parcel {
  database: string;
  /** BSON documents, one behind the other. */
  events: Buffer;
  eventCount: number;
  messages: StoredPersonMessage[];
  deadLetters: StoredDeadLetter[];
}

/** What stands before a parcel's events: everything else of it, as JSON. */
interface PackedHead extends Omit<PackedEntry, 'e'> {
  n: number;
}

/** The first byte of a parcel; an entry in JSON begins with a brace. */
const PARCEL = 1;

/** That byte, and the length of what stands before the events (4, little-endian). */
const PARCEL_HEAD_BYTES = 5;

/** The bytes of an entry as a parcel; as `encodeEntry` makes them where the database could not store an event. */
export function encodeParcel(entry: Entry): Buffer {
  const events: StoredEvent[] = [];
  const packed: PackedHead = { d: entry.database, n: 0, p: [], x: [] };
  for (const item of entry.items) {
    if (item.kind === 'event') events.push(item.event);
    else packed.p.push(packTimes(item.message));
  }
  packed.n = events.length;
  packed.x = entry.deadLetters.map(packLetter);
  const head = Buffer.from(JSON.stringify(packed));
  let bytes: Buffer;
  try {
    bytes = encodeEvents(events, PARCEL_HEAD_BYTES + head.length);
  } catch {
    return encodeEntry(entry);
  }
  bytes[0] = PARCEL;
  bytes.writeUInt32LE(head.length, 1);
  head.copy(bytes, PARCEL_HEAD_BYTES);
  return bytes;
}

/** Whether these are the bytes of a parcel. */
export const isParcel = (bytes: Buffer): boolean => bytes[0] === PARCEL;

/** Reads what `encodeEntry` or `encodeParcel` wrote; the log's checksum vouches for it. */
export function decodePayload(bytes: Buffer): Entry | Parcel {
  if (!isParcel(bytes)) return unpackEntry(JSON.parse(bytes.toString('utf8')) as PackedEntry);
  const start = PARCEL_HEAD_BYTES + bytes.readUInt32LE(1);
  const head = JSON.parse(bytes.toString('utf8', PARCEL_HEAD_BYTES, start)) as PackedHead;
  return {
    database: head.d,
    events: bytes.subarray(start),
    eventCount: head.n,
    messages: head.p.map(unpackTimes),
    deadLetters: head.x.map(unpackLetter),
  };
}

/** A parcel's entry, its events made anew. */
export function openParcel({ database, events, messages, deadLetters }: Parcel): Entry {
  const items: IngestItem[] = decodeEvents(events).map((event) => ({ kind: 'event', event }));
  for (const message of messages) items.push({ kind: 'person', message });
  return { database, items, deadLetters };
}

/** How many items an entry has. */
export const countItems = (entry: Entry | Parcel): number =>
  'items' in entry ? entry.items.length : entry.eventCount + entry.messages.length;

/** The entry that a packed one stands for. */
export function unpackEntry(packed: PackedEntry): Entry {
  const items: IngestItem[] = packed.e.map((event) => ({ kind: 'event', event: unpackEvent(event) }));
  for (const message of packed.p) items.push({ kind: 'person', message: unpackTimes(message) });
  return {
    database: packed.d,
    items,
    deadLetters: packed.x.map(unpackLetter),
  };
}

const packLetter = (letter: StoredDeadLetter): PackedEntry['x'][number] => ({
  ...letter,
  receivedAt: letter.receivedAt.getTime(),
});

const unpackLetter = (letter: PackedEntry['x'][number]): StoredDeadLetter => ({
  ...letter,
  receivedAt: new Date(letter.receivedAt),
});

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
