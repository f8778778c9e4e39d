import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Producer } from '@platformatic/kafka';
import { describe, expect, inject, it, vi } from 'vitest';
import { KAFKA_LOGIN, unsignedToken } from '../../../scripts/testing/kafka';
import { settled } from '../testing/checkStored';
import { contentsOf, drained, partitionsOfKeys } from '../testing/kafkaFlow';
import { eventOf, send } from '../testing/load';
import { startCollector } from '../testing/runCollector';
import { KAFKA_TEST_MS, metricOf, useKafka } from '../testing/useKafka';

const kafka = useKafka();

describe('Kafka in front of the database', () => {
  it(
    'gives the same events, users, sessions and identities as without it',
    async (context) => {
      kafka.needsBroker(context);
      const flow = await kafka.flowOf('same');
      const database = kafka.uses('collector_kafka_direct');
      const uri = inject('mongoUri');
      const folders = [await kafka.logFolder(), await kafka.logFolder()];
      const [direct, again, [sender, drain]] = await Promise.all([
        startCollector({ uri, database, dataDir: folders[0] ?? '' }).then((process) => kafka.ends(process)),
        kafka.sender(flow, folders[1] ?? ''),
        kafka.both(flow),
      ]);
      const events = Array.from({ length: 600 }, (_, index) => eventOf(`same-${index}`, index));
      const person = {
        batch: [
          { type: 'identify', messageId: 'i-1', userId: 'user-3', traits: { name: 'Ada', plan: 'pro' } },
          { type: 'alias', messageId: 'a-1', userId: 'user-4', previousId: 'visitor-9' },
          { type: 'group', messageId: 'g-1', userId: 'user-3', groupId: 'acme' },
        ].map((message) => ({ ...message, timestamp: '2025-01-07T09:00:00Z' })),
      };
      for (const { url } of [direct, sender]) {
        for (let at = 0; at < events.length; at += 70) {
          const answer = await send(`${url}/v1/events`, JSON.stringify(events.slice(at, at + 70)));
          expect(answer.status).toBe(200);
        }
        expect((await send(`${url}/v1/batch`, JSON.stringify(person))).status).toBe(200);
      }
      // Once more, as a client does that has not seen the answer: another process has not seen the ids.
      expect((await send(`${again.url}/v1/events`, JSON.stringify(events.slice(100, 300)))).status).toBe(200);
      await Promise.all([settled(direct.url), settled(sender.url), settled(again.url)]);
      await drained(flow);
      expect(await contentsOf(kafka.client.db(flow.database))).toEqual(
        await contentsOf(kafka.client.db(database)),
      );

      const keys = await partitionsOfKeys(flow);
      expect([...keys.keys()]).toEqual(expect.arrayContaining(['user-3', 'user-4', 'visitor-1']));
      expect([...keys].filter(([, partitions]) => partitions.length > 1)).toEqual([]);
      expect((await metricOf(drain.url, /^waymark_collector_kafka_lag\{.*\} (\d+)/gm)).length).toBe(4);
      const [count] = await metricOf(drain.url, /^waymark_collector_drained_total (\d+)/gm);
      expect(count).toBe(803);
      expect((await send(`${sender.url}/sinkz`, '', { method: 'GET' })).status).toBe(200);
      expect((await send(`${sender.url}/v1/events?ack=database`, '[]')).status).toBe(400);
      expect((await drain.stop()).code).toBe(0);
      expect((await sender.stop()).code).toBe(0);
    },
    KAFKA_TEST_MS,
  );

  it(
    'keeps what nobody can read in deadLetters and goes on behind it',
    async (context) => {
      kafka.needsBroker(context);
      const flow = await kafka.flowOf('poison');
      const producer = new Producer({ clientId: 'test', bootstrapBrokers: [kafka.broker.address] });
      const good = { d: flow.database, e: [], p: [], x: [] };
      const event = {
        _id: 'good',
        userId: 'u',
        eventType: 'e',
        timestamp: 1e12,
        receivedAt: 1e12,
        properties: {},
      };
      const deep = JSON.parse(`${'{"a":'.repeat(60)}1${'}'.repeat(60)}`) as object;
      const values = [
        'no JSON',
        '{"d":"x"}',
        JSON.stringify({ ...good, d: 'admin', e: [event] }),
        JSON.stringify({ ...good, e: [{ ...event, userId: 7 }] }),
        JSON.stringify({ ...good, e: [{ ...event, timestamp: 'yesterday' }] }),
        JSON.stringify({ ...good, e: [{ ...event, properties: deep }] }),
        '\0\ud800'.repeat(50_000),
        JSON.stringify({ ...good, e: [{ ...event, properties: { $set: { 'a.b': 1 } } }] }),
      ];
      await producer.send({
        messages: [
          ...values.map((value) => ({ topic: flow.topic, partition: 0, value: Buffer.from(value) })),
          { topic: flow.topic, partition: 0, key: Buffer.from('a tombstone') },
        ],
        acks: -1,
      });
      await producer.close();
      const drain = await kafka.drain(flow);
      await drained(flow);
      const db = kafka.client.db(flow.database);
      const letters = await db.collection<{ _id: string }>('deadLetters').find().toArray();
      expect(letters.map(({ _id }) => _id).sort()).toEqual(
        [0, 1, 2, 3, 4, 5, 6, 8].map((offset) => `kafka|${flow.topic}|0|${offset}`),
      );
      const events = await db.collection<{ _id: string }>('events').find().toArray();
      expect(events).toMatchObject([{ _id: 'good', properties: { set: { a_b: 1 } } }]);
      expect(await metricOf(drain.url, /^waymark_collector_kafka_poison_total (\d+)/gm)).toEqual([8]);
    },
    KAFKA_TEST_MS,
  );

  it(
    'reaches brokers by TLS, mutual TLS, passwords and tokens, and goes on when a wrong login is mended',
    async (context) => {
      kafka.needsBroker(context);
      const flow = await kafka.flowOf('secured');
      const login = {
        WAYMARK_KAFKA_BROKERS: kafka.broker.tls?.address ?? kafka.broker.saslAddress,
        ...(kafka.broker.tls
          ? { WAYMARK_KAFKA_TLS: 'on', WAYMARK_KAFKA_TLS_CA_FILE: kafka.broker.tls.caFile }
          : {}),
        WAYMARK_KAFKA_SASL: 'scram-sha-512',
        WAYMARK_KAFKA_USERNAME: KAFKA_LOGIN.username,
        WAYMARK_KAFKA_PASSWORD: KAFKA_LOGIN.password,
      };
      const dataDir = await kafka.logFolder();
      const wrong = await kafka.sender(flow, dataDir, { ...login, WAYMARK_KAFKA_PASSWORD: 'wrong' });
      const body = JSON.stringify(Array.from({ length: 60 }, (_, index) => eventOf(`t-${index}`, index)));
      expect((await send(`${wrong.url}/v1/events`, body)).status).toBe(200);
      expect((await send(`${wrong.url}/sinkz`, '', { method: 'GET' })).status).toBe(503);
      expect(wrong.output()).not.toContain('"wrong"');
      await wrong.stop();
      const open = { WAYMARK_KAFKA_TLS: 'off', WAYMARK_KAFKA_TLS_CA_FILE: '' };
      const sasl = { ...open, WAYMARK_KAFKA_BROKERS: kafka.broker.saslAddress };
      const other = await kafka.logFolder();
      const token = path.join(other, 'token');
      await writeFile(token, `${unsignedToken('waymark')}\n`);
      const { mutual } = kafka.broker;
      const certificates = mutual && {
        WAYMARK_KAFKA_BROKERS: mutual.address,
        WAYMARK_KAFKA_TLS: 'on',
        WAYMARK_KAFKA_TLS_CA_FILE: mutual.caFile,
        WAYMARK_KAFKA_TLS_CERT_FILE: mutual.certFile,
        WAYMARK_KAFKA_TLS_KEY_FILE: mutual.keyFile,
      };
      const [sender, byToken, ...drains] = await Promise.all([
        kafka.sender(flow, dataDir, { ...login, WAYMARK_KAFKA_COMPRESSION: 'gzip' }),
        kafka.sender(flow, path.join(other, 'data'), {
          WAYMARK_KAFKA_BROKERS: kafka.broker.saslAddress,
          WAYMARK_KAFKA_SASL: 'oauthbearer',
          WAYMARK_KAFKA_TOKEN_FILE: token,
        }),
        kafka.drain(flow, { ...login, ...sasl, WAYMARK_KAFKA_SASL: 'plain' }),
        ...(certificates ? [kafka.drain(flow, certificates)] : []),
      ]);
      const more = Array.from({ length: 60 }, (_, index) => eventOf(`o-${index}`, 60 + index));
      expect((await send(`${byToken.url}/v1/events`, JSON.stringify(more))).status).toBe(200);
      await Promise.all([settled(sender.url), settled(byToken.url), drained(flow)]);
      await Promise.all(
        drains.map((drain) =>
          vi.waitFor(async () => {
            const [partitions] = await metricOf(drain.url, /^waymark_collector_kafka_partitions (\d+)/gm);
            expect(partitions).toBe(4 / drains.length);
          }, 60_000),
        ),
      );
      await vi.waitFor(async () => {
        expect(await kafka.client.db(flow.database).collection('events').countDocuments()).toBe(120);
      }, 60_000);
    },
    KAFKA_TEST_MS,
  );
});
