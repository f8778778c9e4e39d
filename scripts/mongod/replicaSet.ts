/** Makes running servers one replica set. */
import { MongoClient, MongoServerError } from 'mongodb';
import { z } from 'zod';
import { SET_NAME } from './startMongod.ts';

const PRIMARY_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 50;

const configSchema = z.object({
  config: z.looseObject({ version: z.number(), members: z.array(z.looseObject({ host: z.string() })) }),
});

/** The connection string of a replica set of these hosts. */
export function replicaSetUri(hosts: readonly string[]): string {
  return `mongodb://${hosts.join(',')}/?replicaSet=${SET_NAME}`;
}

/**
 * Makes the servers a replica set, or, when the data already belong to one, moves that to the present ports.
 * Resolves when there is a primary; the first host is preferred.
 */
export async function formReplicaSet(
  hosts: readonly string[],
  settings: Readonly<Record<string, number>> = {},
): Promise<void> {
  const client = new MongoClient(`mongodb://${hosts[0]}/?directConnection=true`);
  try {
    const admin = client.db('admin');
    const present = await readConfig(client);
    if (present === null) {
      const members = hosts.map((host, index) => ({ _id: index, host, priority: index === 0 ? 2 : 1 }));
      await admin.command({ replSetInitiate: { _id: SET_NAME, members, settings } });
    } else if (present.members.some(({ host }, index) => host !== hosts[index])) {
      const members = present.members.map((member, index) => ({
        ...member,
        host: hosts[index] ?? member.host,
      }));
      const moved = { ...present, version: present.version + 1, members };
      await admin.command({ replSetReconfig: moved, force: true });
    }
  } finally {
    await client.close();
  }
  await findPrimary(hosts);
}

/** The replica set's configuration stored in the server's data; null when it has none yet. */
async function readConfig(client: MongoClient): Promise<z.infer<typeof configSchema>['config'] | null> {
  try {
    return configSchema.parse(await client.db('admin').command({ replSetGetConfig: 1 })).config;
  } catch (error) {
    if (error instanceof MongoServerError && error.codeName === 'NotYetInitialized') return null;
    throw error;
  }
}

/** The host that takes writes now; waits for an election. */
export async function findPrimary(hosts: readonly string[]): Promise<string> {
  const deadline = Date.now() + PRIMARY_WITHIN_MS;
  while (Date.now() < deadline) {
    for (const host of hosts) {
      if (await isPrimary(host)) return host;
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  throw new Error(`No primary among ${hosts.join(', ')}.`);
}

async function isPrimary(host: string): Promise<boolean> {
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
