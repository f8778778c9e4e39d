import { type EventLine, eventLineSchema, MAX_EVENT_BYTES, type StoredEvent } from '../event';
import { resolveTime } from './eventTime';
import { cleanRecord, cleanText, readId, UnstorableError } from './hygiene';
import type { ItemResult } from './item';
import { isPlainLine } from './plainLine';

/** How a native event line is read. */
export interface LineOptions {
  receivedAt: Date;
  /** The id used when the line carries none. */
  messageId: string;
  /** What a time that cannot be read (or lies too far ahead) leads to: refusal, or the time of receipt. */
  badTime: 'reject' | 'receivedAt';
  /** The body's `sentAt`, which together with the line's time corrects the client's clock. */
  sentAt?: unknown;
}

const REQUIRED: ReadonlySet<string> = new Set(['eventType', 'timestamp']);

/**
 * Turns one native event (an import line, or an element of the collector's `/v1/events`) into what is stored.
 * The rules of ids, time and field names are the same for all who write; a null says as much as a missing field,
 * except among properties. Never throws on any input.
 */
export function eventLineToItem(raw: unknown, options: LineOptions): ItemResult {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    return { ok: false, reason: 'an event is a JSON object' };
  }
  let line: EventLine;
  if (isPlainLine(raw)) line = raw;
  else {
    const stated = withoutNulls(raw);
    const parsed = eventLineSchema.safeParse(stated);
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      const path = issue?.path.map(String).join('.') ?? '';
      if (REQUIRED.has(path) && stated[path] === undefined) {
        return { ok: false, reason: `"${path}" is needed`, path };
      }
      const reason = issue?.message ?? 'not an event';
      return path === '' ? { ok: false, reason } : { ok: false, reason: `${path}: ${reason}`, path };
    }
    line = parsed.data;
  }
  const anonymousId = readId(line.anonymousId);
  const ownId = readId(line.userId);
  const userId = ownId ?? anonymousId;
  if (userId === undefined) {
    return { ok: false, reason: 'neither "userId" nor "anonymousId" is an id', path: 'userId' };
  }
  const { timestamp, clock } = resolveTime(
    { timestamp: line.timestamp, original: line.timestamp, sentAt: options.sentAt },
    options.receivedAt,
  );
  if (options.badTime === 'reject' && clock?.replaced !== undefined) {
    const reason =
      clock.replaced === 'inFuture'
        ? 'timestamp lies more than 23 hours in the future'
        : 'timestamp is neither an ISO 8601 time nor milliseconds since 1970';
    return { ok: false, reason, path: 'timestamp' };
  }
  const sessionId = readId(line.sessionId);
  const eventType = cleanText(line.eventType);
  let properties: Record<string, unknown>;
  try {
    properties = cleanRecord(line.properties ?? {});
  } catch (error) {
    if (error instanceof UnstorableError) {
      return { ok: false, reason: `properties: ${error.message}`, path: 'properties' };
    }
    throw error;
  }
  const messageId = line.messageId === undefined ? options.messageId : cleanText(line.messageId);
  const event: StoredEvent = {
    _id: messageId,
    userId,
    eventType,
    timestamp,
    receivedAt: options.receivedAt,
    properties,
  };
  if (anonymousId !== undefined) event.anonymousId = anonymousId;
  if (sessionId !== undefined) event.sessionId = sessionId;
  if (line.durationSec !== undefined) event.durationSec = line.durationSec;
  if (line.device !== undefined) event.device = cleanText(line.device);
  if (line.browser !== undefined) event.browser = cleanText(line.browser);
  if (line.os !== undefined) event.os = cleanText(line.os);
  if (line.country !== undefined) event.country = cleanText(line.country);
  if (line.page !== undefined) event.page = cleanRecord(line.page);
  if (clock !== undefined) event.clock = clock;
  return finishEvent(event, raw);
}

/** A line, and its page, with those fields only that say something. */
function withoutNulls(line: object): Record<string, unknown> {
  const stated: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(line)) {
    if (value === null) continue;
    const isPage = key === 'page' && typeof value === 'object' && !Array.isArray(value);
    stated[key] = isPage ? withoutNulls(value as object) : value;
  }
  return stated;
}

/** Wraps an event, or refuses it as too large: `stated` is what counts, all that the client said of it. */
export function finishEvent(event: StoredEvent, stated: unknown = event): ItemResult {
  if (exceedsBytes(stated, MAX_EVENT_BYTES)) {
    return { ok: false, reason: `an event may have at most ${MAX_EVENT_BYTES} bytes` };
  }
  return { ok: true, item: { kind: 'event', event } };
}

/** Whether a value's JSON is longer than `limit` UTF-8 bytes. The value must not nest deeper than JSON can be written. */
export function exceedsBytes(value: unknown, limit: number): boolean {
  // Nearly everything is far below, as is seen without looking at a single character.
  return mostBytes(value, limit) > limit && new TextEncoder().encode(JSON.stringify(value)).length > limit;
}

/** At most so many bytes a value's JSON has; about as soon as that is above `limit`, it stops. */
function mostBytes(value: unknown, limit: number): number {
  // A control character is written as six, a number as at most 24.
  if (typeof value === 'string') return 6 * value.length + 2;
  if (typeof value !== 'object' || value === null) return 24;
  if (value instanceof Date) return 26;
  let bytes = 2;
  const record = value as Record<string, unknown>;
  for (const key of Object.keys(record)) {
    bytes += 6 * key.length + 4 + mostBytes(record[key], limit - bytes);
    if (bytes > limit) return bytes;
  }
  return bytes;
}
