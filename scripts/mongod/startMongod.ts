/** Starts one MongoDB server as a member of a replica set. */
import { MongoClient } from 'mongodb';
import { freePort } from '../processes/freePort.mjs';
import { startLeashed, type Leashed } from '../processes/startLeashed.mjs';

export const SET_NAME = 'waymark';
const ANSWERS_WITHIN_MS = 60_000;

/** What a server is started with. */
export interface MongodOptions {
  /** Path of the executable. */
  mongod: string;
  /** An existing folder. */
  dataFolder: string;
  /** A free one when absent. */
  port?: number;
  /** Gigabytes of memory for its cache; at least 0.25. */
  cacheGb?: number;
  /** Further arguments of mongod. */
  args?: readonly string[];
  /** Delete the data when this process ends without stopping the server. */
  isTemporary?: boolean;
}

/** A server that runs. */
export interface RunningMongod {
  /** `127.0.0.1:port`. */
  readonly host: string;
  readonly port: number;
  readonly process: Leashed;
}

/**
 * Starts a server on 127.0.0.1 that cannot outlive this process, and waits until it answers. It may still need
 * `formReplicaSet`. Throws with what the server wrote when it ends instead.
 */
export async function startMongod(options: MongodOptions): Promise<RunningMongod> {
  const {
    mongod,
    dataFolder,
    port = await freePort(),
    cacheGb = 0.5,
    args = [],
    isTemporary = false,
  } = options;
  const host = `127.0.0.1:${port}`;
  const server = await startLeashed(
    mongod,
    [
      ...['--replSet', SET_NAME, '--bind_ip', '127.0.0.1', '--port', String(port), '--dbpath', dataFolder],
      ...['--wiredTigerCacheSizeGB', String(cacheGb)],
      ...['--setParameter', 'diagnosticDataCollectionEnabled=false'],
      ...(process.platform === 'win32' ? [] : ['--nounixsocket']),
      ...args,
    ],
    isTemporary ? { removeWithOwner: dataFolder } : {},
  );
  await waitUntilAnswering(host, server);
  return { host, port, process: server };
}

async function waitUntilAnswering(host: string, server: Leashed): Promise<void> {
  const client = new MongoClient(`mongodb://${host}/?directConnection=true`, {
    serverSelectionTimeoutMS: ANSWERS_WITHIN_MS,
  });
  const died = server.ended.then((code) => {
    throw new Error(`mongod on ${host} ended with code ${code}:\n${server.output().slice(-4_000)}`);
  });
  try {
    await Promise.race([client.db('admin').command({ ping: 1 }), died]);
  } finally {
    died.catch(() => undefined);
    await client.close();
  }
}
