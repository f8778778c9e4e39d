import type { Page, StoredEvent, StoredPersonMessage } from '../../../src/shared/model/event';
import { exceedsBytes, finishEvent } from '../../../src/shared/model/ingest/eventLine';
import { MAX_EVENT_BYTES } from '../../../src/shared/model/event';
import { resolveTime } from '../../../src/shared/model/ingest/eventTime';
import { cleanRecord, cleanText, readId, UnstorableError } from '../../../src/shared/model/ingest/hygiene';
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
  withoutKey,
} from './incoming';
import { readMessageId } from './messageId';

/** The kinds of message of the Segment and RudderStack wire. */
export const SEGMENT_TYPES = ['track', 'page', 'screen', 'identify', 'group', 'alias'] as const;
export type SegmentType = (typeof SEGMENT_TYPES)[number];

/**
 * Reads a body of `/v1/batch`: `{ batch: [message…], context?, sentAt?, writeKey? }`. The outer context is merged
 * into each message's own, which goes first.
 *
 * @throws BadBodyError without a `batch` array
 */
export function readSegmentBatch(body: unknown): Incoming {
  const batch = isObject(body) ? body['batch'] : undefined;
  if (!isObject(body) || !Array.isArray(batch)) throw new BadBodyError('the body must be { "batch": [ … ] }');
  const context = objectOf(body['context']);
  return {
    ...keyOfBody(body),
    sentAt: body['sentAt'],
    count: batch.length,
    raw: (index) => batch[index],
    read: (index, how) => readMessage(batch[index], undefined, { context, sentAt: body['sentAt'] }, how),
  };
}

/**
 * Reads a body of `/v1/track` and the like: one message, whose type the address says.
 *
 * @throws BadBodyError for anything but an object
 */
export function readSegmentSingle(body: unknown, type: SegmentType): Incoming {
  if (!isObject(body)) throw new BadBodyError('the body must be one message, a JSON object');
  return {
    ...keyOfBody(body),
    sentAt: body['sentAt'],
    count: 1,
    raw: () => withoutKey(body),
    read: (_, how) => readMessage(body, type, { context: {}, sentAt: body['sentAt'] }, how),
  };
}

interface Outer {
  context: JsonObject;
  sentAt: unknown;
}

function readMessage(
  raw: unknown,
  type: SegmentType | undefined,
  outer: Outer,
  how: ReadContext,
): MessageRead {
  if (!isObject(raw)) {
    const { messageId, made } = readMessageId(undefined, how.newId);
    return { messageId, made, items: [], reason: 'a message is a JSON object' };
  }
  const { messageId, made } = readMessageId(raw['messageId'], how.newId);
  const refuse = (reason: string): MessageRead => ({ messageId, made, items: [], reason });
  const kind = type ?? SEGMENT_TYPES.find((known) => known === raw['type']);
  if (kind === undefined) return refuse(`type must be one of ${SEGMENT_TYPES.join(', ')}`);
  const context = isObject(raw['context']) ? { ...outer.context, ...raw['context'] } : outer.context;
  const { timestamp, clock } = resolveTime(
    {
      timestamp: raw['timestamp'],
      original: raw['originalTimestamp'] ?? raw['timestamp'],
      sentAt: raw['sentAt'] ?? outer.sentAt,
    },
    how.receivedAt,
  );
  const ownId = readId(raw['userId']);
  const anonymousId = readId(raw['anonymousId']);
  const userId = ownId ?? anonymousId;
  if (userId === undefined) return refuse('neither "userId" nor "anonymousId" is an id');
  const base = { _id: messageId, userId, timestamp, receivedAt: how.receivedAt };
  try {
    if (kind === 'identify' || kind === 'group' || kind === 'alias') {
      const message = readPersonMessage(
        kind,
        raw,
        context,
        { ...base, identified: ownId !== undefined },
        anonymousId,
      );
      if (typeof message === 'string') return refuse(message);
      if (exceedsBytes(message, MAX_EVENT_BYTES)) {
        return refuse(`a message may have at most ${MAX_EVENT_BYTES} bytes`);
      }
      return { messageId, made, items: [{ kind: 'person', message }] };
    }
    const name = kind === 'track' ? textOf(raw['event'], 500) : 'page_visit';
    if (name === undefined) return refuse('"event" must be a text of 1 to 500 characters');
    const event: StoredEvent = { ...base, eventType: cleanText(name), properties: {} };
    if (anonymousId !== undefined) event.anonymousId = anonymousId;
    if (clock) event.clock = clock;
    fillEvent(event, kind, raw, context);
    how.enrich(event, statedClient(context));
    const finished = finishEvent(event);
    return finished.ok ? { messageId, made, items: [finished.item] } : refuse(finished.reason);
  } catch (error) {
    if (error instanceof UnstorableError) return refuse(error.message);
    throw error;
  }
}

function readPersonMessage(
  type: 'identify' | 'group' | 'alias',
  raw: JsonObject,
  context: JsonObject,
  base: Omit<StoredPersonMessage, 'type'>,
  anonymousId: string | undefined,
): StoredPersonMessage | string {
  const message: StoredPersonMessage = { ...base, type };
  if (type === 'alias') {
    const alias = readId(raw['previousId']);
    if (alias === undefined) return '"previousId" is not an id';
    message.alias = alias;
    if (raw['force'] === true || objectOf(raw['options'])['force'] === true) message.forced = true;
    return message;
  }
  if (anonymousId !== undefined && anonymousId !== base.userId) message.alias = anonymousId;
  if (type === 'identify') {
    const traits = { ...objectOf(context['traits']), ...objectOf(raw['traits']) };
    if (Object.keys(traits).length > 0) message.traits = cleanRecord(traits);
    return message;
  }
  const groupId = readId(raw['groupId']);
  if (groupId === undefined) return '"groupId" is not an id';
  message.traits = { groupId, group: cleanRecord(objectOf(raw['traits'])) };
  return message;
}

const PAGE_FIELDS = ['url', 'path', 'title', 'referrer'] as const;

/** Page, session, duration, campaign and properties of a track, page or screen call. */
function fillEvent(event: StoredEvent, kind: SegmentType, raw: JsonObject, context: JsonObject): void {
  const properties = objectOf(raw['properties']);
  const contextPage = objectOf(context['page']);
  const page: Page = {};
  for (const field of PAGE_FIELDS) {
    const own = kind === 'track' ? undefined : textOf(properties[field], 8_000);
    const value = own ?? textOf(contextPage[field], 8_000);
    if (value !== undefined) page[field] = cleanText(value);
  }
  const name = textOf(raw['name'], 2_000);
  if (kind === 'screen' && name !== undefined) page.path ??= cleanText(name);
  if (Object.keys(page).length > 0) event.page = page;

  const kept = { ...cleanRecord(properties) };
  if (kind !== 'track') {
    for (const field of PAGE_FIELDS) if (page[field] === kept[field]) Reflect.deleteProperty(kept, field);
    if (name !== undefined) kept['name'] ??= cleanText(name);
    const category = textOf(raw['category'], 2_000);
    if (category !== undefined) kept['category'] ??= cleanText(category);
  }
  const campaign = objectOf(context['campaign']);
  for (const [from, to] of CAMPAIGN_FIELDS) {
    const value = textOf(campaign[from], 2_000);
    if (value !== undefined) kept[to] ??= cleanText(value);
  }
  event.properties = kept;
  const sessionId = readId(raw['sessionId']) ?? readId(context['sessionId']);
  if (sessionId !== undefined) event.sessionId = sessionId;
  const duration = kept['durationSec'];
  if (typeof duration === 'number' && duration >= 0) {
    event.durationSec = duration;
    delete kept['durationSec'];
  }
}

const CAMPAIGN_FIELDS = [
  ['source', 'utm_source'],
  ['medium', 'utm_medium'],
  ['name', 'utm_campaign'],
  ['term', 'utm_term'],
  ['content', 'utm_content'],
] as const;

/** What the message's context says about the person's client; mobile SDKs name the device's system as its type. */
function statedClient(context: JsonObject) {
  const type = objectOf(context['device'])['type'];
  const mobile = typeof type === 'string' && /^(ios|android|iphone)$/i.test(type);
  return {
    agent: context['userAgent'],
    ip: context['ip'],
    country: objectOf(context['location'])['country'],
    device: mobile ? 'mobile' : typeof type === 'string' ? type.toLowerCase() : undefined,
    os: typeof context['userAgent'] === 'string' ? undefined : objectOf(context['os'])['name'],
  };
}
