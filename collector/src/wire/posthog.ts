import type { StoredEvent, StoredPersonMessage } from '../../../src/shared/model/event';
import { MAX_EVENT_BYTES } from '../../../src/shared/model/event';
import { exceedsBytes, finishEvent } from '../../../src/shared/model/ingest/eventLine';
import { resolveTime } from '../../../src/shared/model/ingest/eventTime';
import { cleanRecord, cleanText, readId, UnstorableError } from '../../../src/shared/model/ingest/hygiene';
import type { IngestItem } from '../../../src/shared/model/ingest/item';
import {
  BadBodyError,
  type Incoming,
  isObject,
  type JsonObject,
  keyOfBody,
  type MessageRead,
  objectOf,
  type ReadContext,
  textOf,
} from './incoming';
import { readMessageId } from './messageId';

/**
 * Reads a body of `/batch/`: `{ api_key, batch: [{ event, distinct_id, properties, timestamp, uuid }], sent_at }`.
 *
 * @throws BadBodyError without a `batch` array
 */
export function readPosthogBatch(body: unknown): Incoming {
  const batch = isObject(body) ? body['batch'] : undefined;
  if (!isObject(body) || !Array.isArray(batch)) throw new BadBodyError('the body must be { "batch": [ … ] }');
  return {
    ...keyOfBody(body),
    sentAt: body['sent_at'],
    count: batch.length,
    raw: (index) => batch[index],
    read: (index, how) => readMessage(batch[index], body['sent_at'], how),
  };
}

function readMessage(raw: unknown, sentAt: unknown, how: ReadContext): MessageRead {
  const { messageId, made } = readMessageId(
    isObject(raw) ? (raw['uuid'] ?? raw['messageId']) : undefined,
    how.newId,
  );
  const refuse = (reason: string): MessageRead => ({ messageId, made, items: [], reason });
  if (!isObject(raw)) return refuse('a message is a JSON object');
  const properties = objectOf(raw['properties']);
  const name = textOf(raw['event'], 500);
  if (name === undefined) return refuse('"event" must be a text of 1 to 500 characters');
  const userId = readId(raw['distinct_id'] ?? properties['distinct_id']);
  if (userId === undefined) return refuse('"distinct_id" is not an id');
  const { timestamp, clock } = resolveTime(
    { timestamp: raw['timestamp'], original: raw['timestamp'], sentAt },
    how.receivedAt,
  );
  const base = { _id: messageId, userId, timestamp, receivedAt: how.receivedAt };
  try {
    if (name === '$groupidentify') {
      const traits = groupTraits(userId, properties);
      if (typeof traits === 'string') return refuse(traits);
      const message: StoredPersonMessage = { ...base, type: 'group', identified: false, traits };
      if (exceedsBytes(message, MAX_EVENT_BYTES))
        return refuse(`a message may have at most ${MAX_EVENT_BYTES} bytes`);
      return { messageId, made, items: [{ kind: 'person', message }] };
    }
    const traits = personTraits(raw, properties);
    if (name === '$identify' || name === '$create_alias' || name === '$set') {
      const message: StoredPersonMessage = {
        ...base,
        type: name === '$create_alias' ? 'alias' : 'identify',
        identified: name !== '$set',
      };
      const alias = readId(name === '$create_alias' ? properties['alias'] : properties['$anon_distinct_id']);
      if (name === '$create_alias' && alias === undefined) return refuse('"alias" is not an id');
      if (alias !== undefined && alias !== userId) message.alias = alias;
      if (traits) message.traits = traits;
      if (exceedsBytes(message, MAX_EVENT_BYTES))
        return refuse(`a message may have at most ${MAX_EVENT_BYTES} bytes`);
      return { messageId, made, items: [{ kind: 'person', message }] };
    }
    // Whether a distinct_id is a person or a visitor only an identify call says; until then it is a visitor.
    const event: StoredEvent = { ...base, anonymousId: userId, eventType: cleanText(name), properties: {} };
    if (clock) event.clock = clock;
    fillEvent(event, properties);
    how.enrich(event, {
      agent: properties['$raw_user_agent'] ?? properties['$user_agent'] ?? properties['$useragent'],
      ip: properties['$ip'],
      country: properties['$geoip_country_code'],
      device: lowerText(properties['$device_type']),
      browser: properties['$browser'],
      os: isServerLibrary(properties) ? undefined : properties['$os'],
    });
    const finished = finishEvent(event);
    if (!finished.ok) return refuse(finished.reason);
    const items: IngestItem[] = [finished.item];
    if (traits) {
      const message = {
        ...base,
        _id: `${messageId}:set`,
        type: 'identify' as const,
        identified: false,
        traits,
      };
      items.push({ kind: 'person', message });
    }
    return { messageId, made, items };
  } catch (error) {
    if (error instanceof UnstorableError) return refuse(error.message);
    throw error;
  }
}

const lowerText = (value: unknown): string | undefined =>
  typeof value === 'string' ? value.toLowerCase() : undefined;

/** A server's library states the server's own system, not the person's. */
const isServerLibrary = (properties: JsonObject): boolean =>
  typeof properties['$lib'] === 'string' &&
  /-(node|python|ruby|php|go|java|dotnet|elixir|rust)$/.test(properties['$lib']);

function personTraits(raw: JsonObject, properties: JsonObject): Record<string, unknown> | undefined {
  const traits = {
    ...objectOf(raw['$set_once']),
    ...objectOf(properties['$set_once']),
    ...objectOf(raw['$set']),
    ...objectOf(properties['$set']),
  };
  return Object.keys(traits).length > 0 ? cleanRecord(traits) : undefined;
}

/**
 * What a group call says of the person it names, or why it says nothing: without a person the client puts the
 * group's own type and key in the person's place.
 */
function groupTraits(userId: string, properties: JsonObject): Record<string, unknown> | string {
  const groupId = readId(properties['$group_key']);
  if (groupId === undefined) return '"$group_key" is not an id';
  if (userId === `$${String(properties['$group_type'])}_${groupId}`)
    return 'it speaks of a group and of nobody in it';
  return { groupId, group: cleanRecord(objectOf(properties['$group_set'])) };
}

/** Properties that become fields of the event, or that only concern the wire. */
const LIFTED = new Set([
  '$set',
  '$set_once',
  '$ip',
  '$session_id',
  '$current_url',
  '$pathname',
  '$title',
  '$referrer',
  '$raw_user_agent',
  '$user_agent',
  '$useragent',
  '$device_type',
  '$browser',
  '$os',
  '$geoip_country_code',
  '$geoip_disable',
  '$is_server',
  '$process_person_profile',
  'distinct_id',
  'token',
]);

const PAGE_FIELDS = [
  ['$current_url', 'url'],
  ['$pathname', 'path'],
  ['$title', 'title'],
  ['$referrer', 'referrer'],
] as const;

function fillEvent(event: StoredEvent, properties: JsonObject): void {
  const page: NonNullable<StoredEvent['page']> = {};
  for (const [from, to] of PAGE_FIELDS) {
    const value = textOf(properties[from], 8_000);
    if (value !== undefined) page[to] = cleanText(value);
  }
  if (page.url !== undefined && page.path === undefined && URL.canParse(page.url))
    page.path = new URL(page.url).pathname;
  if (Object.keys(page).length > 0) event.page = page;
  const sessionId = readId(properties['$session_id']);
  if (sessionId !== undefined) event.sessionId = sessionId;
  event.properties = cleanRecord(
    Object.fromEntries(Object.entries(properties).filter(([key]) => !LIFTED.has(key))),
  );
}
