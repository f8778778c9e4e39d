import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MongoClient } from 'mongodb';
import { expect, test } from 'vitest';
import { provideMongod } from '../provide/mongod.mjs';
import { formReplicaSet, replicaSetUri } from './replicaSet.ts';
import { startMongod } from './startMongod.ts';

/** Starts a replica set of one on the folder's data, lets `use` work with it, and stops it. */
async function withServer<T>(dataFolder: string, use: (client: MongoClient) => Promise<T>): Promise<T> {
  const { path: mongod } = await provideMongod();
  const server = await startMongod({ mongod, dataFolder, isTemporary: true });
  try {
    await formReplicaSet([server.host]);
    const client = await MongoClient.connect(replicaSetUri([server.host]));
    try {
      return await use(client);
    } finally {
      await client.close();
    }
  } finally {
    await server.process.stop();
  }
}

test('data survive a restart on another port, and the set takes writes again', async () => {
  const dataFolder = await mkdtemp(path.join(tmpdir(), 'waymark-replica-'));
  try {
    await withServer(dataFolder, (client) => client.db('test').collection('things').insertOne({ n: 1 }));
    const count = await withServer(dataFolder, async (client) => {
      const things = client.db('test').collection('things');
      await things.insertOne({ n: 2 }, { writeConcern: { w: 'majority' } });
      return things.countDocuments();
    });
    expect(count).toBe(2);
  } finally {
    await rm(dataFolder, { recursive: true, force: true, maxRetries: 5 });
  }
});
