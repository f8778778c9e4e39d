import { MongoClient } from 'mongodb';
import { expect, inject, test } from 'vitest';
import { startReplicaSet } from './mongod.ts';

test('the provided server is a replica set: transactions and change streams work', async () => {
  const client = await MongoClient.connect(inject('mongoUri'));
  try {
    const db = client.db('test_mongod_global_setup');
    await db.createCollection('things');
    await client.withSession((session) =>
      session.withTransaction(() => db.collection('things').insertOne({ n: 1 }, { session })),
    );
    expect(await db.collection('things').countDocuments()).toBe(1);
    await db.dropDatabase();
  } finally {
    await client.close();
  }
});

test('killing the primary of three elects another one, and what a majority had is kept', async () => {
  const set = await startReplicaSet({ members: 3 });
  const client = await MongoClient.connect(set.uri);
  try {
    const things = client.db('test').collection('things');
    await things.insertOne({ n: 1 }, { writeConcern: { w: 'majority' } });
    const first = await set.primary();
    await first.kill();
    await things.insertOne({ n: 2 }, { writeConcern: { w: 'majority' } });
    expect((await set.primary()).host).not.toBe(first.host);
    await first.start();
    expect(await things.countDocuments()).toBe(2);
  } finally {
    await client.close();
    await set.stop();
  }
}, 240_000);
