import { MongoClient, type Document } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startReplicaSet, type Member, type ReplicaSet } from '../../../scripts/testing/mongod';
import { parseReport } from '../../shared/reports/report';
import { commentOf, runReport } from '../engine/runReport';
import { openSource } from './openSource';

const DATABASE = 'read_preference';
const MINUTE = 60_000;

let set: ReplicaSet;
/** One client a member, which asks it alone. */
const direct = new Map<Member, MongoClient>();

function directTo(member: Member): MongoClient {
  const client = direct.get(member);
  if (!client) throw new Error(`No client of ${member.host}.`);
  return client;
}

/** The members that answered a call with this comment, by their own records. */
async function readersOf(comment: string): Promise<Member[]> {
  const readers: Member[] = [];
  for (const [member, client] of direct) {
    const profile = client.db(DATABASE).collection('system.profile');
    if (await profile.findOne({ 'command.comment': comment })) readers.push(member);
  }
  return readers;
}

async function readersOfRun(title: string, suffix = ''): Promise<Member[]> {
  const source = await openSource({ uri: set.uri + suffix, database: DATABASE });
  try {
    const range = { from: '2026-01-01', to: '2026-01-02', timezone: 'UTC' };
    const report = parseReport({ version: 1, kind: 'trend', title, range });
    const { data } = await runReport({ report, source, now: Date.UTC(2026, 0, 3) });
    expect(data).toMatchObject({ series: [{ total: 10 }] });
    return await readersOf(commentOf(report));
  } finally {
    await source.close();
  }
}

let analytics: Member;
beforeAll(async () => {
  set = await startReplicaSet({ members: 3 });
  const primary = await set.primary();
  for (const member of set.members) {
    const client = new MongoClient(`mongodb://${member.host}/?directConnection=true`);
    direct.set(member, await client.connect());
  }
  analytics = set.members.find((member) => member !== primary) ?? primary;
  const admin = directTo(primary).db('admin');
  const { config } = (await admin.command({ replSetGetConfig: 1 })) as { config: Document };
  const members = (config['members'] as Document[]).map((member) =>
    member['host'] === analytics.host ? { ...member, priority: 0, tags: { nodeType: 'ANALYTICS' } } : member,
  );
  await admin.command({
    replSetReconfig: { ...config, version: Number(config['version']) + 1, members },
  });
  await directTo(primary)
    .db(DATABASE)
    .collection<{ _id: number }>('events')
    .insertMany(
      Array.from({ length: 10 }, (_, n) => ({
        _id: n,
        userId: `u${n}`,
        eventType: 'visit',
        timestamp: new Date(Date.UTC(2026, 0, 1, n)),
      })),
      { writeConcern: { w: 3 } },
    );
  for (const client of direct.values()) await client.db(DATABASE).command({ profile: 2 });
}, 2 * MINUTE);

afterAll(async () => {
  for (const client of direct.values()) await client.close();
  await set.stop();
});

describe('where a report is read, in a replica set with a member for analytics', () => {
  it(
    'is that member, while there is one',
    async () => {
      expect(await readersOfRun('At the analytics member')).toEqual([analytics]);
    },
    MINUTE,
  );

  it(
    'is what the connection string says, where it says so',
    async () => {
      const suffix = `${set.uri.includes('?') ? '&' : '?'}readPreference=primary`;
      expect(await readersOfRun('At the primary', suffix)).toEqual([await set.primary()]);
    },
    MINUTE,
  );

  it(
    'is another secondary when that member is away',
    async () => {
      await directTo(analytics).close();
      direct.delete(analytics);
      await analytics.kill();
      const primary = await set.primary();
      const [other] = set.members.filter((member) => member !== analytics && member !== primary);
      expect(await readersOfRun('At the other secondary')).toEqual([other]);
    },
    MINUTE,
  );
});
