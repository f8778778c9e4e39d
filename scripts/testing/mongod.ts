/** Real MongoDB servers for tests: one, or a replica set whose members can be killed and started again. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MongoClient } from 'mongodb';
import { freePort } from '../processes/freePort.mjs';
import { startLeashed, type Leashed } from '../processes/startLeashed.mjs';
import { provideMongod } from '../provide/mongod.mjs';

/** One running (or crashed) server of a replica set. */
export interface Member {
  readonly host: string;
  readonly port: number;
  /** Process id of the running server. */
  pid(): number;
  /** Its data; deleted by `ReplicaSet.stop`. */
  readonly dataFolder: string;
  /** Ends it like a crash (SIGKILL); its data stay. */
  kill(): Promise<void>;
  /** Ends it orderly; its data stay. */
  stop(): Promise<void>;
  /** Starts it again on the same port and data, and waits until it answers. */
  start(): Promise<void>;
}

/** A replica set of real servers, ended with this process at the latest. */
export interface ReplicaSet {
  /** Connection string that names all members and the set. */
  readonly uri: string;
  readonly members: readonly Member[];
  /** The member that takes writes now; waits up to 30 s for an election. */
  primary(): Promise<Member>;
  /** Ends all members and deletes their data. */
  stop(): Promise<void>;
}

const SET_NAME = 'waymark';
const READY_WITHIN_MS = 30_000;

/**
 * Starts `members` (1 by default) mongod processes with data in temporary folders and makes them one replica set.
 * Resolves when there is a primary. Extra `args` go to every mongod.
 */
export async function startReplicaSet(
  options: { members?: number; args?: string[] } = {},
): Promise<ReplicaSet> {
  const { members: count = 1, args = [] } = options;
  const { path: mongod } = await provideMongod();
  const members: Member[] = [];
  try {
    for (let index = 0; index < count; index += 1) members.push(await startMember(mongod, args));
    await initiate(members);
  } catch (error) {
    await Promise.all(members.map(discard));
    throw error;
  }
  const uri = `mongodb://${members.map((member) => member.host).join(',')}/?replicaSet=${SET_NAME}`;
  return {
    uri,
    members,
    primary: () => findPrimary(members),
    stop: async () => {
      await Promise.all(members.map(discard));
    },
  };
}

async function startMember(mongod: string, extraArgs: string[]): Promise<Member> {
  const dataFolder = await mkdtemp(path.join(tmpdir(), 'waymark-mongod-'));
  const port = await freePort();
  const host = `127.0.0.1:${port}`;
  const args = [
    ...['--replSet', SET_NAME, '--bind_ip', '127.0.0.1', '--port', String(port), '--dbpath', dataFolder],
    ...['--wiredTigerCacheSizeGB', '0.5', '--oplogSize', '256'],
    ...['--setParameter', 'diagnosticDataCollectionEnabled=false'],
    ...(process.platform === 'win32' ? [] : ['--nounixsocket']),
    ...extraArgs,
  ];
  let server: Leashed;
  const start = async (): Promise<void> => {
    server = await startLeashed(mongod, args, { removeWithOwner: dataFolder });
    await waitUntilAnswering(host, server);
  };
  await start();
  return {
    host,
    port,
    dataFolder,
    pid: () => server.pid,
    kill: () => server.kill(),
    stop: () => server.stop(),
    start,
  };
}

async function discard(member: Member): Promise<void> {
  await member.kill();
  await rm(member.dataFolder, { recursive: true, force: true, maxRetries: 5 });
}

async function waitUntilAnswering(host: string, server: Leashed): Promise<void> {
  const client = new MongoClient(`mongodb://${host}/?directConnection=true`, {
    serverSelectionTimeoutMS: READY_WITHIN_MS,
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

async function initiate(members: readonly Member[]): Promise<void> {
  const [first] = members;
  if (!first) throw new Error('A replica set needs at least one member.');
  const client = new MongoClient(`mongodb://${first.host}/?directConnection=true`);
  try {
    await client.db('admin').command({
      replSetInitiate: {
        _id: SET_NAME,
        members: members.map(({ host }, index) => ({ _id: index, host, priority: index === 0 ? 2 : 1 })),
        // Tests kill primaries; an election should take about a second, not ten.
        settings: { electionTimeoutMillis: 1_000, heartbeatIntervalMillis: 250 },
      },
    });
  } finally {
    await client.close();
  }
  await findPrimary(members);
}

async function findPrimary(members: readonly Member[]): Promise<Member> {
  const deadline = Date.now() + READY_WITHIN_MS;
  while (Date.now() < deadline) {
    for (const member of members) {
      if (await isPrimary(member)) return member;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`No primary among ${members.map((member) => member.host).join(', ')}.`);
}

async function isPrimary({ host }: Member): Promise<boolean> {
  const client = new MongoClient(`mongodb://${host}/?directConnection=true`, {
    serverSelectionTimeoutMS: 500,
  });
  try {
    const hello = await client.db('admin').command({ hello: 1 });
    return hello['isWritablePrimary'] === true;
  } catch {
    return false; // crashed, or not answering yet
  } finally {
    await client.close();
  }
}
