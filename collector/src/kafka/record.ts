import { z } from 'zod';
import { pageSchema } from '../../../src/shared/model/event';
import { cleanRecord, MAX_ID_LENGTH } from '../../../src/shared/model/ingest/hygiene';
import type { IngestItem } from '../../../src/shared/model/ingest/item';
import { encodeEntry, type Entry, unpackEntry } from '../intake/entry';

/** One message of the topic: everything of one person in one batch. */
export interface TopicRecord {
  /** The user id as received, so that one person's messages lie in one partition, in their order. */
  key: Buffer;
  value: Buffer;
  /** When the first of its items was received, milliseconds since 1970. */
  at: number;
}

/** Beyond this a person's items of a batch become several messages. */
const RECORD_BYTES = 128 * 1_024;

const userOf = (item: IngestItem): string =>
  item.kind === 'event' ? item.event.userId : item.message.userId;

/** The messages that carry some entries to the topic, keyed by user; the entries' order is kept for each user. */
export function encodeRecords(entries: readonly Entry[]): TopicRecord[] {
  const groups = new Map<string, Entry & { key: string; at: number }>();
  const groupOf = (database: string, key: string, at: Date): Entry => {
    const name = `${database}\n${key}`;
    let group = groups.get(name);
    if (!group) groups.set(name, (group = { database, items: [], deadLetters: [], key, at: at.getTime() }));
    return group;
  };
  for (const { database, items, deadLetters } of entries) {
    for (const item of items) {
      const { receivedAt } = item.kind === 'event' ? item.event : item.message;
      groupOf(database, userOf(item), receivedAt).items.push(item);
    }
    for (const letter of deadLetters)
      groupOf(database, letter._id, letter.receivedAt).deadLetters.push(letter);
  }
  return [...groups.values()].flatMap((group) => encodeGroup(group));
}

function encodeGroup(group: Entry & { key: string; at: number }): TopicRecord[] {
  const { database, items, deadLetters, key, at } = group;
  const value = encodeEntry({ database, items, deadLetters });
  if (value.length <= RECORD_BYTES || items.length + deadLetters.length === 1) {
    return [{ key: Buffer.from(key), value, at }];
  }
  const half = Math.ceil(items.length / 2);
  const letters = items.length > 1 ? deadLetters.length : Math.floor(deadLetters.length / 2);
  return [
    { ...group, items: items.slice(0, half), deadLetters: deadLetters.slice(0, letters) },
    { ...group, items: items.slice(half), deadLetters: deadLetters.slice(letters) },
  ].flatMap((part) => (part.items.length + part.deadLetters.length === 0 ? [] : encodeGroup(part)));
}

const id = z.string().min(1).max(MAX_ID_LENGTH);
const messageId = z.string().min(1).max(MAX_ID_LENGTH);
const time = z.int().min(-8.64e15).max(8.64e15);
const field = z.string().exactOptional();
const values = z.record(z.string(), z.unknown());

const eventSchema = z.strictObject({
  _id: messageId,
  userId: id,
  anonymousId: id.exactOptional(),
  sessionId: id.exactOptional(),
  eventType: z.string().min(1),
  timestamp: time,
  receivedAt: time,
  durationSec: z.number().exactOptional(),
  device: field,
  browser: field,
  os: field,
  country: field,
  page: pageSchema.exactOptional(),
  ip: field,
  bot: z.literal(true).exactOptional(),
  clock: z
    .strictObject({
      original: z.union([time, z.string()]).exactOptional(),
      sentAt: time.exactOptional(),
      replaced: z.enum(['unreadable', 'inFuture']).exactOptional(),
    })
    .exactOptional(),
  properties: values,
});

const personSchema = z.strictObject({
  _id: messageId,
  type: z.enum(['identify', 'group', 'alias']),
  userId: id,
  identified: z.boolean(),
  timestamp: time,
  receivedAt: time,
  traits: values.exactOptional(),
  alias: id.exactOptional(),
  forced: z.literal(true).exactOptional(),
});

/** The form of `encodeEntry`, checked: a topic may hold what others have put there. */
const recordSchema = z.strictObject({
  d: z.string().regex(/^(?!(admin|local|config)$)[^/\\. "$*<>:|?\0]{1,63}$/),
  e: z.array(eventSchema),
  p: z.array(personSchema),
  x: z.array(z.strictObject({ _id: messageId, reason: z.string(), receivedAt: time, message: z.string() })),
});

/** Reads a message of the topic; one that is not of our making is refused with a reason. Never throws. */
export function decodeRecord(
  value: Buffer | null | undefined,
): { ok: true; entry: Entry } | { ok: false; reason: string } {
  if (!value) return { ok: false, reason: 'the message has no value' };
  let json: unknown;
  try {
    json = JSON.parse(value.toString('utf8'));
  } catch {
    return { ok: false, reason: 'the message is not JSON' };
  }
  const parsed = recordSchema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { ok: false, reason: `the message is not an entry: ${issue?.path.map(String).join('.') ?? ''}` };
  }
  try {
    for (const event of parsed.data.e) event.properties = cleanRecord(event.properties);
    for (const message of parsed.data.p) if (message.traits) message.traits = cleanRecord(message.traits);
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : 'the message cannot be stored' };
  }
  return { ok: true, entry: unpackEntry(parsed.data) };
}
