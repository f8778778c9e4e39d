import type { StoredPersonMessage } from '../../shared/model/event';
import { noteEvent, notePersonMessage, type ProfileNews } from '../../shared/model/ingest/profile';
import type { SessionEvent } from '../../shared/model/ingest/sessionize';
import type { EventSketch } from './encodedEvents';

/** A closed stretch of time, milliseconds since 1970. */
export interface Stretch {
  from: number;
  to: number;
}

/** Where the sessions of one received id may have changed. */
export interface SessionDirt {
  /** Stretches that hold new events without a session id. */
  stretches: Stretch[];
  /** Session ids that new events carry. */
  sessionIds: Set<string>;
  /** The new events themselves, in no order; null when some of them are not at hand. */
  events: NewEvent[] | null;
}

/** What a session needs to know of a new event, and nothing else of it: thousands of them wait to be derived from. */
export interface NewEvent extends SessionEvent {
  readonly sessionId?: string | undefined;
}

/** More stretches than this per person are joined into one. */
const MAX_STRETCHES = 8;

/** Stretches nearer than this are read together. */
const JOIN_MS = 6 * 3_600_000;

/** More new events than this are not kept at hand; they are read back instead. */
const MAX_EVENTS = 100_000;

/** About what an event, a session's id, and a person take besides their texts. */
const EVENT_BYTES = 200;
const SESSION_ID_BYTES = 60;
const PERSON_BYTES = 600;

/** What has been written and not yet been derived from; all of it is idempotent. */
export class Dirt {
  readonly news = new Map<string, ProfileNews>();
  readonly sessions = new Map<string, SessionDirt>();
  /** About the bytes that all of it holds in memory. */
  bytes = 0;
  private eventCount = 0;

  get size(): number {
    return Math.max(this.news.size, this.sessions.size);
  }

  /** Notes an event; `isNew` when it was stored by this very write and not by an earlier one. */
  noteEvent(event: EventSketch, isNew: boolean): void {
    noteEvent(this.news, event);
    const own = this.sessionsOf(event.userId);
    const at = event.timestamp.getTime();
    if (event.sessionId === undefined) addStretch(own.stretches, { from: at, to: at });
    else this.addSessionId(own, event.sessionId);
    if (!isNew || this.eventCount >= MAX_EVENTS) own.events = null;
    if (!own.events) return;
    own.events.push(newEventOf(event));
    this.eventCount += 1;
    this.bytes += EVENT_BYTES + event._id.length + (event.path?.length ?? 0);
  }

  notePersonMessage(message: StoredPersonMessage): void {
    notePersonMessage(this.news, message);
    // A repeated statement replaces the one before, so this is at most too much.
    this.bytes += PERSON_BYTES + bytesOf(message.traits);
  }

  /** Marks a session that may have changed by other events than those noted. */
  noteSessionId(userId: string, sessionId: string): void {
    const own = this.sessionsOf(userId);
    this.addSessionId(own, sessionId);
    own.events = null;
  }

  /** Marks a stretch that may have changed by other events than those noted. */
  noteStretch(userId: string, added: Stretch): void {
    const own = this.sessionsOf(userId);
    addStretch(own.stretches, added);
    own.events = null;
  }

  /** Forgets people of whom everything noted has been derived from. */
  forget(ids: readonly string[]): void {
    const before = this.size;
    for (const id of ids) {
      this.news.delete(id);
      this.sessions.delete(id);
    }
    // Each about as much as the others: nobody wants to know it more exactly.
    if (before > 0) this.bytes *= this.size / before;
  }

  /** Takes over what another has noted of a person's sessions. */
  adoptSessions(userId: string, sessions: SessionDirt): void {
    this.sessions.set(userId, {
      stretches: sessions.stretches.map((stretch) => ({ ...stretch })),
      sessionIds: new Set(sessions.sessionIds),
      events: sessions.events,
    });
  }

  private sessionsOf(userId: string): SessionDirt {
    let dirt = this.sessions.get(userId);
    if (dirt) return dirt;
    dirt = { stretches: [], sessionIds: new Set(), events: [] };
    this.sessions.set(userId, dirt);
    this.bytes += PERSON_BYTES;
    return dirt;
  }

  private addSessionId({ sessionIds }: SessionDirt, sessionId: string): void {
    if (sessionIds.has(sessionId)) return;
    sessionIds.add(sessionId);
    this.bytes += SESSION_ID_BYTES + sessionId.length;
  }
}

const newEventOf = (event: EventSketch): NewEvent => ({
  _id: event._id,
  timestamp: event.timestamp,
  sessionId: event.sessionId,
  page: event.path === undefined ? undefined : { path: event.path },
  device: once(event.device),
  browser: once(event.browser),
  os: once(event.os),
  country: once(event.country),
  ip: event.ip,
});

/** Texts that very many events have in common. */
const common = new Map<string, string>();
const MAX_COMMON = 2_000;

/** The same text, held in memory once. */
function once(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const known = common.get(text);
  if (known !== undefined) return known;
  if (common.size >= MAX_COMMON) common.clear();
  common.set(text, text);
  return text;
}

/** About the bytes of a JSON value in memory. */
function bytesOf(value: unknown): number {
  if (typeof value === 'string') return 16 + value.length;
  if (typeof value !== 'object' || value === null) return 16;
  return Object.entries(value).reduce((sum, [key, member]) => sum + key.length + 16 + bytesOf(member), 48);
}

/** Adds a stretch to others, joining those that lie near each other. */
function addStretch(stretches: Stretch[], added: Stretch): void {
  const near = stretches.find(({ from, to }) => added.from <= to + JOIN_MS && added.to >= from - JOIN_MS);
  if (near) {
    near.from = Math.min(near.from, added.from);
    near.to = Math.max(near.to, added.to);
    return;
  }
  stretches.push({ ...added });
  if (stretches.length <= MAX_STRETCHES) return;
  const whole = {
    from: Math.min(...stretches.map(({ from }) => from)),
    to: Math.max(...stretches.map(({ to }) => to)),
  };
  stretches.splice(0, stretches.length, whole);
}
