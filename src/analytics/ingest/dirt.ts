import type { StoredEvent, StoredPersonMessage } from '../../shared/model/event';
import { noteEvent, notePersonMessage, type ProfileNews } from '../../shared/model/ingest/profile';
import type { SessionEvent } from '../../shared/model/ingest/sessionize';

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

/** What a session needs to know of a new event. */
export type NewEvent = SessionEvent & Pick<StoredEvent, 'sessionId'>;

/** More stretches than this per person are joined into one. */
const MAX_STRETCHES = 8;

/** Stretches nearer than this are read together. */
const JOIN_MS = 6 * 3_600_000;

/** More new events than this are not kept at hand; they are read back instead. */
const MAX_EVENTS = 100_000;

/** What has been written and not yet been derived from; all of it is idempotent. */
export class Dirt {
  readonly news = new Map<string, ProfileNews>();
  readonly sessions = new Map<string, SessionDirt>();
  /** Ids whose derived documents are to be looked at once more, without news. */
  readonly people = new Set<string>();
  private eventCount = 0;

  get size(): number {
    return Math.max(this.news.size, this.sessions.size) + this.people.size;
  }

  /** Notes an event; `isNew` when it was stored by this very write and not by an earlier one. */
  noteEvent(event: StoredEvent, isNew: boolean): void {
    noteEvent(this.news, event);
    const own = this.sessionsOf(event.userId);
    const at = event.timestamp.getTime();
    if (event.sessionId === undefined) addStretch(own.stretches, { from: at, to: at });
    else own.sessionIds.add(event.sessionId);
    if (!isNew || this.eventCount >= MAX_EVENTS) own.events = null;
    if (!own.events) return;
    own.events.push(event);
    this.eventCount += 1;
  }

  notePersonMessage(message: StoredPersonMessage): void {
    notePersonMessage(this.news, message);
  }

  /** Marks a session that may have changed by other events than those noted. */
  noteSessionId(userId: string, sessionId: string): void {
    const own = this.sessionsOf(userId);
    own.sessionIds.add(sessionId);
    own.events = null;
  }

  /** Marks a stretch that may have changed by other events than those noted. */
  noteStretch(userId: string, added: Stretch): void {
    const own = this.sessionsOf(userId);
    addStretch(own.stretches, added);
    own.events = null;
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
    if (!dirt) this.sessions.set(userId, (dirt = { stretches: [], sessionIds: new Set(), events: [] }));
    return dirt;
  }
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
