import type { StoredEvent, StoredPersonMessage } from '../../shared/model/event';
import { noteEvent, notePersonMessage, type ProfileNews } from '../../shared/model/ingest/profile';

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
}

/** More stretches than this per person are joined into one. */
const MAX_STRETCHES = 8;

/** Stretches nearer than this are read together. */
const JOIN_MS = 6 * 3_600_000;

/** What has been written and not yet been derived from; all of it is idempotent. */
export class Dirt {
  readonly news = new Map<string, ProfileNews>();
  readonly sessions = new Map<string, SessionDirt>();
  /** Ids whose derived documents are to be looked at once more, without news. */
  readonly people = new Set<string>();

  get size(): number {
    return Math.max(this.news.size, this.sessions.size) + this.people.size;
  }

  noteEvent(event: StoredEvent): void {
    noteEvent(this.news, event);
    const at = event.timestamp.getTime();
    if (event.sessionId === undefined) this.noteStretch(event.userId, { from: at, to: at });
    else this.noteSessionId(event.userId, event.sessionId);
  }

  notePersonMessage(message: StoredPersonMessage): void {
    notePersonMessage(this.news, message);
  }

  noteSessionId(userId: string, sessionId: string): void {
    this.sessionsOf(userId).sessionIds.add(sessionId);
  }

  /** Adds a stretch to a person's, joining those that lie near each other. */
  noteStretch(userId: string, added: Stretch): void {
    const { stretches } = this.sessionsOf(userId);
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

  private sessionsOf(userId: string): SessionDirt {
    let dirt = this.sessions.get(userId);
    if (!dirt) this.sessions.set(userId, (dirt = { stretches: [], sessionIds: new Set() }));
    return dirt;
  }
}
