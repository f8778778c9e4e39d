import { z } from 'zod';

/** Limits that both the collector and the importer hold events to. */
export const MAX_EVENT_BYTES = 64 * 1024;

const text = (max: number) => z.string().max(max);
const id = z.union([z.string().min(1).max(1_000), z.number()]).transform(String);

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
    timestamp: z.union([z.string(), z.number(), z.date()]),
    durationSec: z.number().nonnegative().optional(),
    device: text(200).optional(),
    browser: text(200).optional(),
    os: text(200).optional(),
    country: text(200).optional(),
    page: pageSchema.optional(),
    properties: z.record(z.string(), z.unknown()).optional(),
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
  properties: Record<string, unknown>;
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
}
