import type { MongoClient } from 'mongodb';
import { Backoff, pause } from './intake/backoff';

/**
 * Connects for the first time, again and again until the database is there or the signal is raised. A client whose
 * first connection failed, also one that an operation began by itself, stays closed to every operation until it is
 * connected anew; from what comes later it recovers by itself.
 */
export async function connectPatiently(client: MongoClient, signal: AbortSignal): Promise<void> {
  const backoff = new Backoff(100, 2_000);
  while (!signal.aborted) {
    try {
      await client.connect();
      return;
    } catch {
      // Whoever needs the database meanwhile says that it is away.
      await pause(backoff.next(), signal);
    }
  }
}
