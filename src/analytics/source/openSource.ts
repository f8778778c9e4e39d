import { MongoClient, ReadPreference, type MongoClientOptions } from 'mongodb';
import { WaymarkError } from '../../shared/errors';
import { DEFAULT_DATABASE } from '../../shared/model/collections';
import type { Mapping } from '../../shared/model/mapping';
import { WAYMARK_MAPPING } from '../../shared/model/presets';
import { explainBadUri, explainDriverError } from './driverErrors';
import { listCollections } from './listCollections';
import { Source } from './source';

/** Connection attempts give up after this. */
export const CONNECT_LIMIT_MS = 8_000;

export interface OpenSourceOptions {
  readonly uri: string;
  /** The database named in the connection string, else `waymark`. */
  readonly database?: string | undefined;
  readonly mapping?: Mapping | undefined;
  /** Whether a database without the mapping's events is taken too, to look at what it holds. */
  readonly anyCollections?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Whether a connection string names a database after its hosts (the driver fills in "test" otherwise). */
const NAMES_DATABASE = /^[a-z+]+:\/\/[^/?]+\/[^?]/i;

/** Analytics members first, then any secondary, then the primary; what the connection string says wins. */
const readElsewhere = new ReadPreference('secondaryPreferred', [{ nodeType: 'ANALYTICS' }, {}]);

/**
 * A client for a connection string; connects only when used.
 * @param purpose `read`: from secondaries when there are some; `write`: from the primary
 * @throws WaymarkError `badInput` when the string can't be read
 */
export function createClient(uri: string, purpose: 'read' | 'write'): MongoClient {
  const options: MongoClientOptions = {
    appName: 'waymark',
    serverSelectionTimeoutMS: CONNECT_LIMIT_MS,
    connectTimeoutMS: CONNECT_LIMIT_MS,
    maxPoolSize: 12,
    ...(purpose === 'write' || /[?&]readPreference=/i.test(uri) ? {} : { readPreference: readElsewhere }),
  };
  try {
    return new MongoClient(uri, options);
  } catch (error) {
    throw explainBadUri(error);
  }
}

/** The database asked for, else the one the connection string names, else Waymark's own. */
export function databaseOf(client: MongoClient, uri: string, database: string | undefined): string {
  return database ?? (NAMES_DATABASE.test(uri) ? client.options.dbName : DEFAULT_DATABASE);
}

/** Rejects when the limit passes or the signal fires, whatever the driver still waits for. */
export async function withinLimit<T>(
  work: Promise<T>,
  hosts: string,
  signal: AbortSignal | undefined,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let onAbort: (() => void) | undefined;
  try {
    return await Promise.race([
      work,
      new Promise<never>((_, reject) => {
        timer = setTimeout(
          () => reject(explainUnreachableTimeout(hosts)),
          CONNECT_LIMIT_MS + 500, // the driver's own limit tells more, so it goes first
        );
        onAbort = () => reject(new WaymarkError('cancelled', 'Connecting was cancelled.'));
        if (signal?.aborted === true) onAbort();
        signal?.addEventListener('abort', onAbort, { once: true });
      }),
    ]);
  } finally {
    clearTimeout(timer);
    if (onAbort) signal?.removeEventListener('abort', onAbort);
    work.catch(() => undefined);
  }
}

const explainUnreachableTimeout = (hosts: string): WaymarkError =>
  new WaymarkError(
    'unreachable',
    `No answer from MongoDB at ${hosts} within 8 s. Check host, port, firewall and (on Atlas) the IP access list.`,
  );

/** Where a connection string points, without user and password. */
export function hostsOf(client: MongoClient): string {
  const { hosts, srvHost } = client.options;
  return srvHost ?? hosts.map((address) => address.toString()).join(', ');
}

async function inspect(
  client: MongoClient,
  database: string,
): Promise<{ version: string; collections: Set<string> }> {
  await client.connect();
  const info = await client.db('admin').command({ buildInfo: 1 });
  return { version: String(info['version']), collections: await listCollections(client.db(database)) };
}

/**
 * Checks that a database holds what a mapping reads as events.
 * @throws WaymarkError `noCollections` with what it holds instead
 */
export function requireEvents(collections: ReadonlySet<string>, database: string, mapping: Mapping): void {
  const { collection } = mapping.events;
  if (collections.has(collection)) return;
  const found = [...collections].sort().slice(0, 10);
  throw new WaymarkError(
    'noCollections',
    found.length === 0
      ? `The database "${database}" is empty or does not exist. Check its name (capitals count), or send events to a collector that writes there.`
      : `The database "${database}" has no collection "${collection}" (the mapping "${mapping.name}" reads events there). It has: ${found.join(', ')}${collections.size > found.length ? ' …' : ''}. Choose another database or mapping.`,
  );
}

/**
 * Connects to a database and checks that it can be read through the mapping.
 * @throws WaymarkError `badInput` (connection string), `unreachable` (after at most 8 s), `loginRefused`,
 * `noRight`, `noCollections`, `cancelled`; no message ever holds a credential
 */
export async function openSource(options: OpenSourceOptions): Promise<Source> {
  const mapping = options.mapping ?? WAYMARK_MAPPING;
  const client = createClient(options.uri, 'read');
  const hosts = hostsOf(client);
  const database = databaseOf(client, options.uri, options.database);
  try {
    const { version, collections } = await withinLimit(inspect(client, database), hosts, options.signal);
    if (options.anyCollections !== true) requireEvents(collections, database, mapping);
    return new Source({ client, database, mapping, serverVersion: version, hosts, collections });
  } catch (error) {
    await client.close(true).catch(() => undefined);
    throw explainDriverError(error, { hosts, database, isCancelled: options.signal?.aborted });
  }
}
