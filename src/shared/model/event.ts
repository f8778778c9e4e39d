import { z } from 'zod';
import { isExactId } from './ingest/hygiene';

/** Limits that both the collector and the importer hold events to. */
export const MAX_EVENT_BYTES = 64 * 1024;

const text = (max: number) => z.string().max(max);
const id = z
  .union([z.string().min(1).max(1_000), z.number().refine(isExactId)], {
    error: 'must be a text of 1 to 1000 characters, or a number that a double holds exactly',
  })
  .transform(String);

/** Names and values are looked at when they are copied for storing; a second copy here would cost as much again. */
const properties = z
  .custom<Record<string, unknown>>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    'must be an object',
  )
  .meta({ type: 'object' });

export const pageSchema = z.strictObject({
  url: text(8_000).optional(),
  path: text(4_000).optional(),
  title: text(2_000).optional(),
  referrer: text(8_000).optional(),
});
export type Page = z.infer<typeof pageSchema>;

/** One event as it is written in an import line and in the collector's native body. */
export const eventLineSchema = z
  .strictObject({
    messageId: text(200).min(1).optional(),
    userId: id.optional(),
    anonymousId: id.optional(),
    sessionId: id.optional(),
    eventType: text(500).min(1),
    timestamp: z.union([z.string(), z.number(), z.date()], {
      error: 'neither an ISO 8601 time nor milliseconds since 1970',
    }),
    durationSec: z.number().nonnegative().optional(),
    device: text(200).optional(),
    browser: text(200).optional(),
    os: text(200).optional(),
    country: text(200).optional(),
    page: pageSchema.optional(),
    properties: properties.optional(),
  })
  .refine((event) => event.userId !== undefined || event.anonymousId !== undefined, {
    error: 'either "userId" or "anonymousId" is needed',
    path: ['userId'],
  });
export type EventLine = z.infer<typeof eventLineSchema>;

/** One event as stored in `events`; append-only. */
export interface StoredEvent {
  /** The client's message id, or one made on receipt. */
  _id: string;
  /** As received; the anonymous id when there is no other. */
  userId: string;
  anonymousId?: string;
  /** Only if the client sent one. */
  sessionId?: string;
  eventType: string;
  timestamp: Date;
  receivedAt: Date;
  /** Seconds. */
  durationSec?: number;
  device?: string;
  browser?: string;
  os?: string;
  country?: string;
  page?: Page;
  /** Shortened as the collector is set. */
  ip?: string;
  /** The user agent is a known robot. */
  bot?: true;
  /** What the client's clock said, when `timestamp` is not simply that. */
  clock?: ClientClock;
  properties: Record<string, unknown>;
}

/** The client's own times, kept where the stored time was corrected or replaced. */
export interface ClientClock {
  /** The event's time by the client's clock; as text when it could not be read. */
  original?: Date | string;
  /** When the client sent it, by its clock. */
  sentAt?: Date;
  /** Why the time of receipt stands in its place. */
  replaced?: 'unreadable' | 'inFuture';
}

/** One user as stored in `users`. */
export interface StoredUser {
  _id: string;
  name?: string;
  email?: string;
  device?: string;
  country?: string;
  createdAt: Date;
  lastActiveAt: Date;
  traits: Record<string, unknown>;
}

/** A fact about a person and the event that stated it last: the latest statement holds, ties by event id. */
export interface Statement {
  /** `trait:plan`, or one of `device`, `country`. */
  name: string;
  value: unknown;
  at: Date;
  by: string;
}

/** A claim that one id belongs to another's person. */
export interface Claim {
  /** The id that takes over. */
  target: string;
  at: Date;
  /** An identified id follows only a forced claim. */
  forced: boolean;
}

/** An identify, group or alias call, in `personMessages`: kept so that a repeated one is recognised. */
export interface StoredPersonMessage {
  /** The client's message id, or one made on receipt. */
  _id: string;
  type: 'identify' | 'group' | 'alias';
  /** The received id that it speaks of; the anonymous id when there is no other. */
  userId: string;
  /** Whether `userId` was given as a user's id rather than an anonymous one. */
  identified: boolean;
  timestamp: Date;
  receivedAt: Date;
  traits?: Record<string, unknown>;
  /** The id that is said to be the same person. */
  alias?: string;
  /** Alias an identified id too. */
  forced?: true;
}

/**
 * All that is known of one received id, in `profiles`: the source from which `users` and `identities` are made.
 * Every part only grows, so that applying a message twice or in another order gives the same document.
 */
export interface StoredProfile {
  _id: string;
  /** Raised at each write, so that two writers never overwrite each other. */
  revision: number;
  firstAt: Date;
  lastAt: Date;
  /** Whether it has been given as a user's id, not only as an anonymous one. */
  identified: boolean;
  statements: Statement[];
  claims: Claim[];
}

/** One session as stored in `sessions`: a cache that can be rebuilt from events. `_id` is unique per user. */
export interface StoredSession {
  _id: string;
  userId: string;
  startedAt: Date;
  endedAt: Date;
  eventCount: number;
  device?: { type?: string; browser?: string; os?: string };
  country?: string;
  ip?: string;
  entryPage?: string;
  exitPage?: string;
}

/**
 * One alias edge as stored in `identities`: every event whose `userId` is `_id` belongs to `canonicalId`,
 * which is itself never an alias (edges are kept flat).
 */
export interface StoredIdentity {
  _id: string;
  canonicalId: string;
  linkedAt: Date;
  /** Whom the id belonged to before, until those people's sessions have followed. */
  movedFrom?: string[];
}
