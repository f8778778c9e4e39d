import type { Collection, Db } from 'mongodb';
import { COLLECTIONS } from '../../shared/model/collections';
import type {
  StoredEvent,
  StoredIdentity,
  StoredPersonMessage,
  StoredProfile,
  StoredSession,
  StoredUser,
} from '../../shared/model/event';

/** A message that was refused, and why. */
export interface StoredDeadLetter {
  _id: string;
  reason: string;
  receivedAt: Date;
  /** The message as JSON text, cut at 64 KB, so that nothing in it can break the database. */
  message: string;
}

/** The collections that are written while events come in. */
export interface Stores {
  readonly events: Collection<StoredEvent>;
  readonly personMessages: Collection<StoredPersonMessage>;
  readonly profiles: Collection<StoredProfile>;
  readonly identities: Collection<StoredIdentity>;
  readonly users: Collection<StoredUser>;
  readonly sessions: Collection<StoredSession>;
  readonly deadLetters: Collection<StoredDeadLetter>;
}

/** Opens the collections so that a write counts only when a majority of the nodes has it in its journal. */
export function openStores(db: Db): Stores {
  const options = {
    writeConcern: { w: 'majority' as const, journal: true },
    readPreference: 'primary' as const,
  };
  return {
    events: db.collection(COLLECTIONS.events, options),
    personMessages: db.collection(COLLECTIONS.personMessages, options),
    profiles: db.collection(COLLECTIONS.profiles, options),
    identities: db.collection(COLLECTIONS.identities, options),
    users: db.collection(COLLECTIONS.users, options),
    sessions: db.collection(COLLECTIONS.sessions, options),
    deadLetters: db.collection(COLLECTIONS.deadLetters, options),
  };
}
