/** Real MongoDB servers for tests: one, or a replica set whose members can be killed and started again. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findPrimary, formReplicaSet, replicaSetUri } from '../mongod/replicaSet.ts';
import { startMongod } from '../mongod/startMongod.ts';
import { provideMongod } from '../provide/mongod.mjs';

/** One running (or crashed) server of a replica set. */
export interface Member {
  readonly host: string;
  readonly port: number;
  /** Its data; deleted by `ReplicaSet.stop`. */
  readonly dataFolder: string;
  /** Process id of the running server. */
  pid(): number;
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
  /** The member that takes writes now; waits for an election. */
  primary(): Promise<Member>;
  /** Ends all members and deletes their data. */
  stop(): Promise<void>;
}

/** Tests kill primaries; an election should take about a second, not ten. */
const QUICK_ELECTIONS = { electionTimeoutMillis: 1_000, heartbeatIntervalMillis: 250 };

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
  const stop = async (): Promise<void> => {
    await Promise.all(members.map(discard));
  };
  try {
    for (let index = 0; index < count; index += 1) members.push(await startMember(mongod, args));
    await formReplicaSet(
      members.map((member) => member.host),
      QUICK_ELECTIONS,
    );
  } catch (error) {
    await stop();
    throw error;
  }
  const hosts = members.map((member) => member.host);
  return {
    uri: replicaSetUri(hosts),
    members,
    primary: async () => {
      const host = await findPrimary(hosts);
      const primary = members.find((member) => member.host === host);
      if (!primary) throw new Error(`${host} is not a member.`);
      return primary;
    },
    stop,
  };
}

async function startMember(mongod: string, extraArgs: readonly string[]): Promise<Member> {
  const dataFolder = await mkdtemp(path.join(tmpdir(), 'waymark-mongod-'));
  // Without scripting: whatever would need JavaScript in the server fails in every test.
  const args = ['--oplogSize', '256', '--noscripting', ...extraArgs];
  let server = await startMongod({ mongod, dataFolder, args, isTemporary: true });
  const { host, port } = server;
  return {
    host,
    port,
    dataFolder,
    pid: () => server.process.pid,
    kill: () => server.process.kill(),
    stop: () => server.process.stop(),
    start: async () => {
      server = await startMongod({ mongod, dataFolder, port, args, isTemporary: true });
    },
  };
}

async function discard(member: Member): Promise<void> {
  await member.kill();
  await rm(member.dataFolder, { recursive: true, force: true, maxRetries: 5 });
}
