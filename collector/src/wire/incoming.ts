import type { StoredEvent } from '../../../src/shared/model/event';
import type { IngestItem } from '../../../src/shared/model/ingest/item';
import type { StatedClient } from '../enrich/sender';

/** What a request's body turned out to hold: messages yet to be read one by one. */
export interface Incoming {
  /** The key that the body carries, when it carries one. */
  readonly key?: string;
  /** When the client sent it by its own clock. */
  readonly sentAt?: unknown;
  readonly count: number;
  /** The message at `index` as it came. */
  raw(index: number): unknown;
  /** Reads the message at `index`; never throws. */
  read(index: number, context: ReadContext): MessageRead;
}

export interface ReadContext {
  readonly receivedAt: Date;
  /** Makes an id for a message that has none. */
  readonly newId: () => string;
  /** Fills in what the client's own statements and the request tell about it. */
  readonly enrich: (event: StoredEvent, stated: StatedClient) => void;
}

/** One message: what is to be stored of it, or why nothing is. */
export interface MessageRead {
  readonly messageId: string;
  /** The id was made here, so a resend cannot be recognised. */
  readonly made: boolean;
  readonly items: readonly IngestItem[];
  readonly reason?: string;
}

/** Thrown for a body that is no request of its endpoint; the message is the reason given to the client. */
export class BadBodyError extends Error {}

export type JsonObject = Record<string, unknown>;

/** Whether a JSON value is an object (not null, not an array). */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The write key that a body carries, under the name of either wire. */
export const keyOfBody = (body: JsonObject): { key?: string } => {
  const key = textOf(body['writeKey'], 200) ?? textOf(body['api_key'], 200);
  return key === undefined ? {} : { key };
};

/** A message without the write key it may carry, which is the request's and is kept nowhere. */
export function withoutKey(message: unknown): unknown {
  if (!isObject(message) || !('writeKey' in message || 'api_key' in message)) return message;
  return Object.fromEntries(
    Object.entries(message).filter(([name]) => name !== 'writeKey' && name !== 'api_key'),
  );
}

/** A field of a JSON object as an object; empty when it is anything else. */
export const objectOf = (value: unknown): JsonObject => (isObject(value) ? value : {});

/** A text of 1 to `max` characters, or undefined. */
export const textOf = (value: unknown, max: number): string | undefined =>
  typeof value === 'string' && value !== '' && value.length <= max ? value : undefined;
