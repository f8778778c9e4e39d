import { MongoClient } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { startBrokers } from '../../../scripts/testing/kafka';
import { startReplicaSet } from '../../../scripts/testing/mongod';
import { settled } from '../testing/checkStored';
import { drained } from '../testing/kafkaFlow';
import { eventOf, loadDuring, send } from '../testing/load';
import { DEEP } from '../testing/runCollector';
import { KAFKA_TEST_MS, metricOf, useKafka } from '../testing/useKafka';

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const kafka = useKafka();

describe('a time without brokers or database', () => {
  it(
    'takes events while the brokers crash and come back, and loses none',
    async (context) => {
      kafka.needsBroker(context);
      const flow = await kafka.flowOf('restart');
      const [sender, drain] = await kafka.both(flow);
      const load = await loadDuring(sender.url, 'restart', async () => {
        await kafka.broker.kill();
        await wait(DEEP ? 60_000 : 1_500);
        expect((await send(`${sender.url}/sinkz`, '', { method: 'GET' })).status).toBe(503);
        expect((await send(`${sender.url}/readyz`, '', { method: 'GET' })).status).toBe(200);
        await kafka.broker.start();
        await wait(1_000);
      });
      expect([...load.statuses.keys()]).toEqual([200]);
      await settled(sender.url, KAFKA_TEST_MS);
      await drained(flow);
      await kafka.expectAllStored(flow, load);
      expect(await metricOf(drain.url, /^waymark_collector_mongodb_up (\d)/gm)).toEqual([1]);
    },
    KAFKA_TEST_MS,
  );

  it(
    'sits out a time without the database',
    async (context) => {
      kafka.needsBroker(context);
      const server = await startReplicaSet();
      kafka.after(() => server.stop());
      const flow = await kafka.flowOf('outage', { uri: server.uri });
      const [sender, drain] = await kafka.both(flow, { WAYMARK_QUEUE_MEMORY_MB: '1' });
      const load = await loadDuring(sender.url, 'outage', async () => {
        await server.members[0]?.kill();
        await wait(DEEP ? 180_000 : 4_000);
        expect((await send(`${drain.url}/sinkz`, '', { method: 'GET' })).status).toBe(503);
        expect((await send(`${drain.url}/livez`, '', { method: 'GET' })).status).toBe(200);
        await server.members[0]?.start();
      });
      expect([...load.statuses.keys()]).toEqual([200]);
      await settled(sender.url, KAFKA_TEST_MS);
      await drained(flow);
      const mongo = await MongoClient.connect(server.uri);
      await kafka.expectAllStored(flow, load, mongo);
      await mongo.close();
    },
    KAFKA_TEST_MS,
  );
});

if (DEEP) {
  describe('three brokers', () => {
    it(
      'may each be lost in turn, the coordinator among them, and two go on acknowledging',
      async (context) => {
        kafka.needsBroker(context);
        const brokers = await startBrokers(3);
        kafka.after(() => Promise.all(brokers.map((one) => one.stop())));
        const flow = await kafka.flowOf('three', {
          broker: brokers[0] ?? kafka.broker,
          topicSettings: { 'min.insync.replicas': '2' },
          addresses: brokers.map(({ address }) => address),
        });
        const durable = { WAYMARK_DURABILITY: 'brokers' };
        const sender = await kafka.sender(flow, await kafka.logFolder(), durable);
        await kafka.drain(flow);
        const answersWithTwo = async (name: string): Promise<void> => {
          const body = JSON.stringify(eventOf(`two-${name}`, 1));
          for (const deadline = Date.now() + 60_000; Date.now() < deadline;) {
            if ((await send(`${sender.url}/v1/events`, body)).status === 200) return;
          }
          throw new Error('two brokers of three did not acknowledge');
        };
        const load = await loadDuring(sender.url, 'three', async () => {
          for (const [index, one] of brokers.entries()) {
            await one.kill();
            await answersWithTwo(String(index));
            await wait(10_000);
            await one.start();
            await wait(5_000);
          }
        });
        await load.finish(sender.url);
        await settled(sender.url, KAFKA_TEST_MS);
        await drained(flow, KAFKA_TEST_MS);
        const db = kafka.client.db(flow.database);
        expect(
          await db.collection<{ _id: string }>('events').countDocuments({ _id: { $regex: '^two-' } }),
        ).toBe(3);
        await db.collection<{ _id: string }>('events').deleteMany({ _id: { $regex: '^two-' } });
        const stored = new Set(
          (await db.collection('events').find().toArray()).map(({ _id }) => String(_id)),
        );
        expect(load.acknowledged.size).toBe(load.sent.size);
        expect([...load.acknowledged].filter((id) => !stored.has(id))).toEqual([]);
        expect(stored.size).toBe(load.sent.size);
      },
      KAFKA_TEST_MS,
    );
  });
}
