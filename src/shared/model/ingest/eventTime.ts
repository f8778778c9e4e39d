import type { ClientClock } from '../event';

/** A time further ahead of receipt than this is a broken clock, not a time zone slip. */
export const MAX_AHEAD_MS = 23 * 3_600_000;

/** The last instant that is taken as a time: the end of the year 9999. */
const LATEST_MS = Date.UTC(10_000, 0, 1) - 1;

/**
 * Reads a client's time: an ISO 8601 text (without an offset: UTC) or milliseconds since 1970. Undefined for
 * anything else, and outside the years 1970 to 9999.
 */
export function readTime(value: unknown): Date | undefined {
  let ms: number;
  if (value instanceof Date) ms = value.getTime();
  else if (typeof value === 'number') ms = Math.trunc(value);
  else if (typeof value === 'string' && value.length <= 64) ms = readIso(value.trim());
  else return undefined;
  return ms >= 0 && ms <= LATEST_MS ? new Date(ms) : undefined;
}

const ISO = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/i;

/** The form that `Date.toJSON` writes, which nearly every client sends. */
const PLAIN_ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

function readIso(text: string): number {
  if (PLAIN_ISO.test(text)) return isDay(text) ? Date.parse(text) : Number.NaN;
  const match = ISO.exec(text);
  if (!match || !isDay(text)) return Number.NaN;
  const normal = text.replace(' ', 'T').replace(',', '.').replace(/\s/, '');
  const offset = match[1];
  if (offset === undefined) return Date.parse(normal.length === 10 ? normal : `${normal}Z`);
  if (/^z$/i.test(offset)) return Date.parse(normal.toUpperCase());
  const sign = normal.length - offset.length;
  const digits = offset.replace(':', '').slice(1);
  return Date.parse(
    `${normal.slice(0, sign)}${offset[0] ?? '+'}${digits.slice(0, 2)}:${digits.slice(2) || '00'}`,
  );
}

/** Whether the calendar has the day that a text begins with; `Date.parse` takes 30 February for 2 March. */
function isDay(text: string): boolean {
  const day = Number(text.slice(8, 10));
  return (
    day <= 28 || new Date(Date.UTC(Number(text.slice(0, 4)), Number(text.slice(5, 7)), 0)).getUTCDate() >= day
  );
}

/** The client's statements of time about one message. */
export interface StatedTimes {
  /** The event's time as the client gives it; used as it is when `original` or `sentAt` is missing. */
  timestamp?: unknown;
  /** The event's time by the client's clock. */
  original?: unknown;
  /** When the client sent it, by the same clock. */
  sentAt?: unknown;
}

/**
 * The instant at which an event happened, by our clock: the client's interval between event and sending,
 * counted back from receipt, when both are given; else the client's time. What cannot be read, or lies more
 * than 23 hours ahead, becomes the time of receipt. The client's own values come along whenever they differ.
 */
export function resolveTime(stated: StatedTimes, receivedAt: Date): { timestamp: Date; clock?: ClientClock } {
  const sentAt = readTime(stated.sentAt);
  const original = readTime(stated.original);
  const plain = stated.timestamp ?? stated.original;
  const corrected =
    sentAt && original ? receivedAt.getTime() - (sentAt.getTime() - original.getTime()) : undefined;
  const own = original ?? readTime(plain);
  const ms = corrected ?? readTime(plain)?.getTime() ?? original?.getTime();
  if (ms === undefined || ms < 0) {
    if (plain === undefined || plain === null) return { timestamp: receivedAt };
    return {
      timestamp: receivedAt,
      clock: { original: own ?? textOf(plain), ...(sentAt ? { sentAt } : {}), replaced: 'unreadable' },
    };
  }
  if (ms > receivedAt.getTime() + MAX_AHEAD_MS) {
    return {
      timestamp: receivedAt,
      clock: { ...(own ? { original: own } : {}), ...(sentAt ? { sentAt } : {}), replaced: 'inFuture' },
    };
  }
  const timestamp = new Date(ms);
  if (!own || own.getTime() === ms) return { timestamp };
  return { timestamp, clock: { original: own, ...(sentAt ? { sentAt } : {}) } };
}

const textOf = (value: unknown): string =>
  (typeof value === 'string' ? value : (JSON.stringify(value) ?? '')).slice(0, 100);
