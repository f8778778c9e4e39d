import { setMaxListeners } from 'node:events';
import type { ClientSession, MongoClient, Timestamp } from 'mongodb';
import type { Snapshot } from './snapshot';

/**
 * The session of one call, and of that call alone: everything it does on the server is ended once the signal fires,
 * which must not be anybody else's work. Ended sessions are used again by the driver, so the call waits for the
 * server's word before it lets go of its own; a later call would be ended in its place otherwise.
 */
export class CallSession {
  readonly session: ClientSession;
  readonly #client: MongoClient;
  readonly #signal: AbortSignal | undefined;
  #killed: Promise<unknown> | undefined;

  /** @param snapshot the moment at which everything is read; now unless given */
  constructor(
    client: MongoClient,
    {
      signal,
      snapshot,
    }: { readonly signal?: AbortSignal | undefined; readonly snapshot?: Snapshot | undefined },
  ) {
    this.#client = client;
    this.#signal = signal;
    this.session = client.startSession(snapshot ? { snapshot: true } : { causalConsistency: false });
    // The driver takes the moment of a session's first read, unless it has one; it has no option to give one.
    if (snapshot) (this.session as { snapshotTime?: Timestamp }).snapshotTime = snapshot.at;
    if (!signal) return;
    // Many calls of a run go on side by side, and each of them listens; that is no leak.
    setMaxListeners(0, signal);
    signal.addEventListener('abort', this.#kill, { once: true });
  }

  /** Needs no right but one's own. */
  readonly #kill = (): void => {
    const { id } = this.session;
    if (!id) return;
    this.#killed = this.#client
      .db('admin')
      .command({ killSessions: [id] })
      .catch(() => undefined);
  };

  /** Lets go of the session. */
  async end(): Promise<void> {
    this.#signal?.removeEventListener('abort', this.#kill);
    await this.#killed;
    await this.session.endSession().catch(() => undefined);
  }
}
