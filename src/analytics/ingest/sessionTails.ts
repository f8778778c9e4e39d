import type { StoredSession } from '../../shared/model/event';
import type { People } from './deriveIdentities';
import type { Stores } from './stores';

/** What the derivation of sessions works with. */
export interface SessionWork {
  readonly stores: Stores;
  readonly tails: SessionTails;
  readonly people: People;
  /** Ids whose profile was made just now, so that nobody has derived sessions of theirs before. */
  readonly born: ReadonlySet<string>;
  readonly gapMs: number;
}

/** A session as it was last written, and the ids whose events it was folded from. */
interface Tail {
  readonly session: StoredSession;
  readonly members: string;
}

/** At least so many sessions are remembered, and at most twice as many; one costs about a kilobyte. */
const DEFAULT_TAILS = 50_000;

/**
 * The sessions that were lately derived here: the newest of each person without a client's id, and those with one.
 * Only a memory of what the database holds; whoever uses one checks it against the events.
 */
export class SessionTails {
  private young = new Map<string, Tail>();
  private old = new Map<string, Tail>();

  constructor(private readonly least = DEFAULT_TAILS) {}

  /** The session remembered under a key, unless the person's ids are others by now. */
  get(key: string, members: readonly string[]): StoredSession | undefined {
    const tail = this.young.get(key) ?? this.old.get(key);
    return tail?.members === joined(members) ? tail.session : undefined;
  }

  set(key: string, members: readonly string[], session: StoredSession): void {
    if (this.young.size >= this.least) {
      this.old = this.young;
      this.young = new Map();
    }
    this.young.set(key, { session, members: joined(members) });
  }
}

const joined = (members: readonly string[]): string =>
  members.length === 1 ? (members[0] ?? '') : [...members].sort().join('\n');
