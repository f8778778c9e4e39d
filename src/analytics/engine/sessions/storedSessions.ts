import { mergeSession, type SessionFigures } from '../../kernels/sessions/split';
import { UnitMap } from '../unitMap';

/** A session with an id. */
export interface StoredSession {
  readonly userId: string;
  readonly sessionId: string;
  /** The id as it is stored. */
  readonly rawId: unknown;
  readonly figures: SessionFigures;
  /** Whether an event of it was found before the range. */
  beganBefore: boolean;
}

/** The sessions with an id, each of one canonical user and an id. */
export class StoredSessions extends UnitMap<StoredSession> {
  /**
   * Takes in what is known of a session.
   * @returns the session, when nothing was known of it before
   */
  take(sessionId: string, figures: SessionFigures, rawId: unknown): StoredSession | undefined {
    const { userId } = figures;
    const known = this.get(userId, sessionId);
    if (known) {
      mergeSession(known.figures, figures);
      return undefined;
    }
    const session = { userId, sessionId, rawId, figures, beganBefore: false };
    this.add(session);
    return session;
  }

  /** Those of which no event was found before the range. */
  begunInRange(): StoredSession[] {
    const sessions: StoredSession[] = [];
    for (const session of this.values()) if (!session.beganBefore) sessions.push(session);
    return sessions;
  }
}
