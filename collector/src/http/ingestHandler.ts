import type { IncomingMessage, ServerResponse } from 'node:http';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { v7 as uuidv7 } from 'uuid';
import type { InsertOutcome } from '../../../src/analytics/ingest/insertOnce';
import type { StoredDeadLetter } from '../../../src/analytics/ingest/stores';
import { MAX_EVENT_BYTES } from '../../../src/shared/model/event';
import { readTime } from '../../../src/shared/model/ingest/eventTime';
import { type IngestItem, itemId } from '../../../src/shared/model/ingest/item';
import { enrich, type EnrichOptions } from '../enrich/sender';
import { NotStoredError, type Intake } from '../intake/intake';
import type { Grant, Keyring } from '../keys/keyring';
import { LogFullError } from '../log/writeAheadLog';
import type { Metrics } from '../metrics';
import type { Settings } from '../settings';
import { BadBodyError, type Incoming, type MessageRead } from '../wire/incoming';
import { answerJson } from './answer';
import type { ReadText } from './ingestRoutes';
import { type BodyBudget, HttpError, readBody } from './readBody';
import type { EventLoopWatch } from './pressure';
import { RecentIds } from './recentIds';
import { Turns } from './turns';
import { keyOfHeaders } from './requestKey';
import { readSender } from './requestSender';

/** What became of one message, as the client is told. */
export interface MessageResult {
  messageId: string;
  status: 'accepted' | 'duplicate' | 'rejected';
  reason?: string;
}

export interface IngestOptions {
  settings: Settings;
  intake: Intake;
  keyring: Keyring;
  metrics: Metrics;
  watch: EventLoopWatch;
  budget: BodyBudget;
  enriching: EnrichOptions;
}

/** Messages read before other requests get their turn. */
const SLICE = 200;

/** A rate limit is counted over this many seconds, so that a batch need not fit into one. */
const RATE_SECONDS = 10;

const MADE_ID = 'it has no messageId, so a resend cannot be recognised';

/** Makes the handler of all endpoints that take events; they differ only in how a body is read. */
export function createIngest(options: IngestOptions) {
  const { settings, intake, keyring, metrics, watch, budget, enriching } = options;
  const recent = new RecentIds(100_000);
  const turns = new Turns();
  const limiter =
    settings.rateLimit > 0
      ? new RateLimiterMemory({ points: settings.rateLimit * RATE_SECONDS, duration: RATE_SECONDS })
      : null;

  const refuseWhenOverloaded = (request: IncomingMessage): void => {
    const bytes = Number(request.headers['content-length'] ?? 0);
    const refuse = (cause: string, seconds: number, reason: string): never => {
      metrics.overloaded.inc({ cause });
      throw new HttpError(429, reason, seconds);
    };
    if (Math.max(watch.lagMs, turns.waitedMs) > settings.maxLagMs)
      refuse('eventLoop', 1 + Math.floor(Math.random() * 5), 'too busy just now');
    if (!intake.hasRoom(bytes)) refuse('logFull', 30, 'the log is full until the database takes more');
  };

  const authorize = (key: string | undefined): Grant => {
    const grant = key === undefined ? undefined : keyring.find(key);
    if (!grant || grant.role !== 'write') {
      metrics.unauthorized.inc();
      throw new HttpError(401, key === undefined ? 'a write key is needed' : 'the write key is not known');
    }
    return grant;
  };

  const consume = async (grant: Grant, messages: number): Promise<void> => {
    if (!limiter || messages === 0) return;
    try {
      await limiter.consume(grant.name, messages);
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      metrics.rateLimited.inc();
      // What was not taken is not counted, or a client that keeps trying would never get in.
      await limiter.reward(grant.name, messages);
      const seconds = Math.min(300, Math.max(1, Math.ceil(refusal.msBeforeNext / 1_000)));
      throw new HttpError(429, `more than ${settings.rateLimit} events a second with this key`, seconds);
    }
  };

  const readMessages = async (incoming: Incoming, request: IncomingMessage): Promise<MessageRead[]> => {
    const receivedAt = new Date();
    const sender = readSender(request, settings);
    const context = {
      receivedAt,
      newId: uuidv7,
      enrich: (event: Parameters<typeof enrich>[0], stated: Parameters<typeof enrich>[1]) => {
        enrich(event, stated, sender, enriching);
      },
    };
    const reads: MessageRead[] = [];
    for (let index = 0; index < incoming.count; index += 1) {
      if (index > 0 && index % SLICE === 0) await new Promise((resolve) => setImmediate(resolve));
      reads.push(incoming.read(index, context));
    }
    const sentAt = readTime(incoming.sentAt);
    if (sentAt) metrics.clockSkewSeconds.observe(Math.abs(receivedAt.getTime() - sentAt.getTime()) / 1_000);
    return reads;
  };

  /** Stores what is new and answers with what became of each message. */
  const store = async (
    grant: Grant,
    incoming: Incoming,
    reads: readonly MessageRead[],
    wait: boolean,
  ): Promise<MessageResult[]> => {
    const database = grant.database ?? settings.database;
    const items: IngestItem[] = [];
    const deadLetters: StoredDeadLetter[] = [];
    const results: MessageResult[] = [];
    const inRequest = new Set<string>();
    const lately = recent.of(database);
    for (const [index, read] of reads.entries()) {
      const { messageId, made, reason } = read;
      if (reason !== undefined) {
        results.push({ messageId, status: 'rejected', reason });
        deadLetters.push({
          _id: messageId,
          reason,
          receivedAt: new Date(),
          message: rawText(incoming.raw(index)),
        });
        continue;
      }
      const isBot = read.items.some((item) => item.kind === 'event' && item.event.bot);
      if (isBot && settings.bots === 'drop') {
        results.push({ messageId, status: 'rejected', reason: 'robots are not counted here' });
        continue;
      }
      const known = lately.has(messageId);
      if (inRequest.has(messageId) || (!wait && known)) {
        results.push({ messageId, status: 'duplicate' });
        continue;
      }
      inRequest.add(messageId);
      items.push(...read.items);
      // Who waits for the database hears of it only when the database has it, known or not.
      results.push({
        messageId,
        status: known ? 'duplicate' : 'accepted',
        ...(made ? { reason: MADE_ID } : {}),
      });
    }
    if (items.length + deadLetters.length > 0) {
      const outcomes = await intake.accept({ database, items, deadLetters }, wait);
      if (outcomes) applyOutcomes(results, items, outcomes);
      for (const id of inRequest) lately.add(id);
    }
    return results;
  };

  const handle = async (
    request: IncomingMessage,
    response: ServerResponse,
    { read, query }: { read: ReadText; query: string },
  ): Promise<void> => {
    refuseWhenOverloaded(request);
    const headerKey = keyOfHeaders(request);
    const early = headerKey === undefined ? undefined : authorize(headerKey);
    if (Number(request.headers['x-retry-count'] ?? 0) > 0) metrics.retried.inc();
    const { text, release } = await readBody(request, settings.maxBodyBytes, budget);
    try {
      metrics.payloadBytes.observe(text.length);
      const turn = turns.take(text.length);
      if (turn) await turn;
      const incoming = read(text);
      const grant = early ?? authorize(incoming.key);
      metrics.batchSize.observe(incoming.count);
      await consume(grant, incoming.count);
      const reads = await readMessages(incoming, request);
      const asked = query === '' ? null : new URLSearchParams(query);
      const waits = asked?.get('ack') === 'database';
      if (waits && settings.buffer === 'kafka')
        throw new HttpError(400, 'with Kafka in front nobody here can say what the database has');
      const wait = waits || settings.durability !== 'log';
      const results = await store(grant, incoming, reads, wait);
      countResults(metrics, results);
      const plain = results.every(({ status, reason }) => status === 'accepted' && reason === undefined);
      const silent = plain && asked?.get('results') !== 'all';
      answerJson(response, 200, silent ? { success: true } : { success: true, results });
    } catch (error) {
      if (error instanceof BadBodyError) throw new HttpError(400, error.message);
      if (error instanceof LogFullError)
        throw new HttpError(429, 'the log is full until the database takes more', 30);
      if (error instanceof NotStoredError)
        throw new HttpError(503, `nothing can be stored: ${error.message}`, 10);
      throw error;
    } finally {
      release();
    }
  };
  return handle;
}

/** A refused message as it came, cut to what is kept of it. */
function rawText(raw: unknown): string {
  try {
    return (JSON.stringify(raw) ?? '').slice(0, MAX_EVENT_BYTES);
  } catch {
    // Nested too deep to be written down.
    return '';
  }
}

/** Corrects the results by what the database said of each item. */
function applyOutcomes(
  results: MessageResult[],
  items: readonly IngestItem[],
  outcomes: readonly InsertOutcome[],
): void {
  const byId = new Map(items.map((item, index) => [itemId(item), outcomes[index]]));
  const answered = new Set<string>();
  for (const result of results) {
    // Twice in one request: the first one has the outcome.
    if (result.status === 'rejected' || answered.has(result.messageId)) continue;
    answered.add(result.messageId);
    const outcome = byId.get(result.messageId);
    if (outcome === 'duplicate') result.status = 'duplicate';
    // Known here, gone there: somebody deleted it meanwhile.
    else if (outcome === 'stored') result.status = 'accepted';
    else if (typeof outcome === 'object') {
      result.status = 'rejected';
      result.reason = outcome.rejected;
    }
  }
}

function countResults(metrics: Metrics, results: readonly MessageResult[]): void {
  let accepted = 0;
  let duplicate = 0;
  for (const { status, reason } of results) {
    if (status === 'accepted') accepted += 1;
    else if (status === 'duplicate') duplicate += 1;
    else metrics.events.inc({ result: 'rejected', reason: reasonClass(reason ?? '') });
  }
  if (accepted > 0) metrics.events.inc({ result: 'accepted', reason: '' }, accepted);
  if (duplicate > 0) metrics.events.inc({ result: 'duplicate', reason: '' }, duplicate);
}

/** A reason without anything that a client chose, so that the number of time series stays bounded. */
function reasonClass(reason: string): string {
  if (/at most .* bytes/.test(reason)) return 'size';
  if (/nest/.test(reason)) return 'depth';
  if (/is not an id|is an id/.test(reason)) return 'id';
  if (/robot/.test(reason)) return 'robot';
  if (/JSON/.test(reason)) return 'json';
  return 'shape';
}
