/** The demo's own MongoDB: a replica set of one, its data in the demo's folder. */
import { formReplicaSet, replicaSetUri } from '../mongod/replicaSet.ts';
import { startMongod, type RunningMongod } from '../mongod/startMongod.ts';

export interface DemoDatabase {
  readonly uri: string;
  readonly server: RunningMongod;
}

/** Starts it on a free port, with the data that are there. */
export async function startDatabase(mongod: string, dataFolder: string): Promise<DemoDatabase> {
  const server = await startMongod({ mongod, dataFolder, cacheGb: 0.5 });
  await formReplicaSet([server.host]);
  return { uri: replicaSetUri([server.host]), server };
}
