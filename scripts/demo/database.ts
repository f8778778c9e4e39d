/** The demo's own MongoDB: a replica set of one, its data in the demo's folder. */
import { formReplicaSet, replicaSetUri } from '../mongod/replicaSet.ts';
import { freePort } from '../processes/freePort.mjs';
import { startMongod, type RunningMongod } from '../mongod/startMongod.ts';

/** The same one each time when it is free, so that a connection that was saved to the demo opens the next one too. */
const PORT = 27_417;

export interface DemoDatabase {
  readonly uri: string;
  readonly server: RunningMongod;
}

/** Starts it with the data that are there. */
export async function startDatabase(mongod: string, dataFolder: string): Promise<DemoDatabase> {
  const server = await startMongod({ mongod, dataFolder, port: await freePort(PORT), cacheGb: 0.5 });
  await formReplicaSet([server.host]);
  return { uri: replicaSetUri([server.host]), server };
}
