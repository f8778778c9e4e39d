import { BSON } from 'mongodb';
import type { StoredEvent } from '../../shared/model/event';

/** What the derivation, and whoever looks for a person's events, needs of an event besides its document. */
export interface EventSketch {
  _id: string;
  userId: string;
  anonymousId: string | undefined;
  sessionId: string | undefined;
  timestamp: Date;
  /** Milliseconds since 1970. */
  receivedAtMs: number;
  /** The page's path, or its address where it has none. */
  path: string | undefined;
  device: string | undefined;
  browser: string | undefined;
  os: string | undefined;
  country: string | undefined;
  ip: string | undefined;
}

/** The sketch of an event at hand. */
export const sketchOf = (event: StoredEvent): EventSketch => ({
  _id: event._id,
  userId: event.userId,
  anonymousId: event.anonymousId,
  sessionId: event.sessionId,
  timestamp: event.timestamp,
  receivedAtMs: event.receivedAt.getTime(),
  path: event.page?.path ?? event.page?.url,
  device: event.device,
  browser: event.browser,
  os: event.os,
  country: event.country,
  ip: event.ip,
});

/** Events as the database stores them. */
export interface EncodedEvents {
  /** BSON documents, one behind the other. */
  readonly bytes: Buffer;
  /** A sketch of each, in order. */
  readonly sketches: readonly EventSketch[];
}

/** Where events are encoded before their length is known; grows to the longest batch. */
let workspace = Buffer.allocUnsafe(2 ** 18);

/** No batch is longer, whatever its events become as BSON. */
const MAX_WORKSPACE_BYTES = 2 ** 28;

/**
 * Events as BSON documents, one behind the other, as the database stores them, behind `head` bytes left free.
 *
 * @throws the encoder's error when the database could not store one of them
 */
export function encodeEvents(events: readonly StoredEvent[], head = 0): Buffer {
  while (workspace.length < head) growWorkspace(0);
  let at = head;
  for (const event of events) at = encodeEvent(event, at);
  return Buffer.from(workspace.subarray(0, at));
}

/** Encodes one event at a place of the workspace; returns the place behind it. */
function encodeEvent(event: StoredEvent, at: number): number {
  for (;;) {
    try {
      return BSON.serializeWithBufferAndIndex(event, workspace, { index: at, ignoreUndefined: true }) + 1;
    } catch (error) {
      // So the encoder says that it does not fit.
      if (!(error instanceof RangeError)) throw error;
      growWorkspace(at);
    }
  }
}

/** Makes the workspace twice as long and keeps what it holds up to a place. */
function growWorkspace(used: number): void {
  if (workspace.length >= MAX_WORKSPACE_BYTES) throw new Error('the events are too long together');
  const larger = Buffer.allocUnsafe(workspace.length * 2);
  workspace.copy(larger, 0, 0, used);
  workspace = larger;
}

/** Where each of the documents that lie one behind the other begins, and, last, where they end. */
function findDocuments(bytes: Buffer): number[] {
  const starts = [0];
  for (let at = 0; at < bytes.length; starts.push(at)) at += bytes.readInt32LE(at);
  return starts;
}

/** The events that `encodeEvents` wrote, whole. */
export function decodeEvents(bytes: Buffer): StoredEvent[] {
  const starts = findDocuments(bytes);
  return starts.slice(1).map((end, index) => decodeEvent(bytes, starts[index] ?? 0, end));
}

const decodeEvent = (bytes: Buffer, start: number, end: number): StoredEvent =>
  BSON.deserialize(bytes.subarray(start, end)) as StoredEvent;

/** Those of some events that shall be kept. */
export function filterEvents(
  { bytes, sketches }: EncodedEvents,
  isKept: (sketch: EventSketch) => boolean,
): EncodedEvents {
  if (sketches.every(isKept)) return { bytes, sketches };
  const starts = findDocuments(bytes);
  const kept = sketches.map(isKept);
  return {
    bytes: Buffer.concat(
      kept.flatMap((is, index) => (is ? [bytes.subarray(starts[index], starts[index + 1])] : [])),
    ),
    sketches: sketches.filter((_, index) => kept[index]),
  };
}

/** The sketches of the events that `encodeEvents` wrote, read without making the events themselves. */
export function readSketches(bytes: Buffer): EventSketch[] {
  const sketches: EventSketch[] = [];
  for (let at = 0; at < bytes.length; at += bytes.readInt32LE(at)) sketches.push(readSketch(bytes, at));
  return sketches;
}

/** Types of BSON that a stored event's own fields have. */
const DOUBLE = 1;
const TEXT = 2;
const DOCUMENT = 3;
const BOOLEAN = 8;
const DATE = 9;
const INT32 = 16;

/** A name by its length and first letter, which tell the fields of a stored event, all of them known, apart. */
const nameKey = (name: string): number => name.length * 256 + name.charCodeAt(0);
const ID = nameKey('_id');
const USER = nameKey('userId');
const ANONYMOUS = nameKey('anonymousId');
const SESSION = nameKey('sessionId');
const TIMESTAMP = nameKey('timestamp');
const RECEIVED = nameKey('receivedAt');
const DEVICE = nameKey('device');
const BROWSER = nameKey('browser');
const SYSTEM = nameKey('os');
const COUNTRY = nameKey('country');
const ADDRESS = nameKey('ip');
const PAGE = nameKey('page');
const PATH = nameKey('path');
const ADDRESS_OF_PAGE = nameKey('url');
const EVENT_TYPE = nameKey('eventType');

const EPOCH = new Date(0);

function readSketch(bytes: Buffer, start: number): EventSketch {
  const sketch: EventSketch = {
    _id: '',
    userId: '',
    anonymousId: undefined,
    sessionId: undefined,
    timestamp: EPOCH,
    receivedAtMs: 0,
    path: undefined,
    device: undefined,
    browser: undefined,
    os: undefined,
    country: undefined,
    ip: undefined,
  };
  const end = start + bytes.readInt32LE(start) - 1;
  let at = start + 4;
  while (at < end) {
    const type = bytes[at];
    const nameEnd = findNameEnd(bytes, at + 1);
    const name = (nameEnd - at - 1) * 256 + (bytes[at + 1] ?? 0);
    const value = nameEnd + 1;
    switch (type) {
      case TEXT:
        at = value + 4 + bytes.readInt32LE(value);
        if (name !== EVENT_TYPE) setText(sketch, name, bytes, value + 4, at - 1);
        break;
      case DOCUMENT:
        if (name === PAGE) sketch.path = readPath(bytes, value);
        at = value + bytes.readInt32LE(value);
        break;
      case DATE:
        if (name === TIMESTAMP) sketch.timestamp = new Date(readTime(bytes, value));
        else if (name === RECEIVED) sketch.receivedAtMs = readTime(bytes, value);
        at = value + 8;
        break;
      case DOUBLE:
        at = value + 8;
        break;
      case INT32:
        at = value + 4;
        break;
      case BOOLEAN:
        at = value + 1;
        break;
      default:
        return sketchOf(decodeEvent(bytes, start, end + 1));
    }
  }
  return sketch;
}

function setText(sketch: EventSketch, name: number, bytes: Buffer, start: number, end: number): void {
  const text = bytes.toString('utf8', start, end);
  if (name === ID) sketch._id = text;
  else if (name === USER) sketch.userId = text;
  else if (name === ANONYMOUS) sketch.anonymousId = text;
  else if (name === SESSION) sketch.sessionId = text;
  else if (name === DEVICE) sketch.device = text;
  else if (name === BROWSER) sketch.browser = text;
  else if (name === SYSTEM) sketch.os = text;
  else if (name === COUNTRY) sketch.country = text;
  else if (name === ADDRESS) sketch.ip = text;
}

/** The path of a page's document, all of whose fields are texts, or else its address. */
function readPath(bytes: Buffer, start: number): string | undefined {
  let url: string | undefined;
  const end = start + bytes.readInt32LE(start) - 1;
  let at = start + 4;
  while (at < end) {
    const nameEnd = findNameEnd(bytes, at + 1);
    const name = (nameEnd - at - 1) * 256 + (bytes[at + 1] ?? 0);
    at = nameEnd + 5 + bytes.readInt32LE(nameEnd + 1);
    if (name === PATH) return bytes.toString('utf8', nameEnd + 5, at - 1);
    if (name === ADDRESS_OF_PAGE) url = bytes.toString('utf8', nameEnd + 5, at - 1);
  }
  return url;
}

function findNameEnd(bytes: Buffer, start: number): number {
  let at = start;
  while (bytes[at] !== 0) at += 1;
  return at;
}

const readTime = (bytes: Buffer, at: number): number =>
  bytes.readInt32LE(at + 4) * 2 ** 32 + bytes.readUInt32LE(at);
