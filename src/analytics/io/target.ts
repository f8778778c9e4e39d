import type { Db } from 'mongodb';
import type { WaymarkError } from '../../shared/errors';
import { explainDriverError } from '../source/driverErrors';
import { createClient, databaseOf, hostsOf, withinLimit } from '../source/openSource';

/** A database open for writing. */
export interface Target {
  readonly db: Db;
  /** A driver's failure as a sentence that says what to do. */
  explain(error: unknown): WaymarkError;
  close(): Promise<void>;
}

/**
 * Connects to a database that is going to be written to; it need not exist yet.
 * @throws WaymarkError `badInput`, `unreachable` (after at most 8 s), `loginRefused`, `cancelled`
 */
export async function openTarget(options: {
  readonly uri: string;
  readonly database?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}): Promise<Target> {
  const client = createClient(options.uri, 'write');
  const hosts = hostsOf(client);
  const database = databaseOf(client, options.uri, options.database);
  const explain = (error: unknown): WaymarkError =>
    explainDriverError(error, { hosts, database, isCancelled: options.signal?.aborted });
  try {
    await withinLimit(client.connect(), hosts, options.signal);
  } catch (error) {
    await client.close(true).catch(() => undefined);
    throw explain(error);
  }
  return { db: client.db(database), explain, close: () => client.close() };
}
