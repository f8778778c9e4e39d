import { createServer, type Server } from 'node:net';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { WaymarkError } from '../../shared/errors';
import { openSource } from './openSource';
import { allDocuments, type Source } from './source';
import { SourceRun } from './sourceRun';

const database = 'core_source';
const SECRET = 'hunter2-secret';
let client: MongoClient;
let uri: string;

beforeAll(async () => {
  uri = inject('mongoUri');
  client = await new MongoClient(uri).connect();
  await client.db(database).dropDatabase();
  const events = Array.from({ length: 2_000 }, (_, n) => ({ userId: `u${n}`, timestamp: new Date(n) }));
  await client.db(database).collection('events').insertMany(events);
});
afterAll(async () => {
  await client.db(database).dropDatabase();
  await client.close();
});

async function refusal(attempt: Promise<unknown>): Promise<WaymarkError> {
  const error: unknown = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof WaymarkError)) throw new Error(`Expected a refusal, got ${String(error)}`);
  return error;
}

const withLogin = (where: string): string => `mongodb://analyst:${SECRET}@${where}`;

// Side by side, since the first three wait for their limits.
describe.concurrent('connecting', () => {
  it('says that nothing answers on a wrong port, without the password', async () => {
    const error = await refusal(openSource({ uri: withLogin('127.0.0.1:9/?directConnection=true') }));
    expect(error.code).toBe('unreachable');
    expect(error.message).toContain('127.0.0.1:9');
    expect(JSON.stringify(error.toEnvelope())).not.toContain(SECRET);
  });

  it('says that a host is unknown', async () => {
    const error = await refusal(openSource({ uri: 'mongodb://no-such-host.invalid:27017' }));
    expect(error.code).toBe('unreachable');
    expect(error.message).toContain('no-such-host.invalid');
  });

  it('gives up within 8 s on a port where something else is silent', async () => {
    const server = await new Promise<Server>((resolve) => {
      const silent = createServer(() => undefined).listen(0, '127.0.0.1', () => resolve(silent));
    });
    const address = server.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    const error = await refusal(openSource({ uri: `mongodb://127.0.0.1:${port}` }));
    expect(error.code).toBe('unreachable');
    expect(error.message).toContain('8 s');
    server.close();
  });

  it('says that a login is refused, without the password', async () => {
    const host = new URL(uri.replace('mongodb://', 'http://')).host;
    const error = await refusal(openSource({ uri: withLogin(`${host}/?directConnection=true`) }));
    expect(error.code).toBe('loginRefused');
    expect(JSON.stringify(error.toEnvelope())).not.toContain(SECRET);
  });

  it('names the collections that are there when ours are not', async () => {
    const empty = await refusal(openSource({ uri, database: 'core_nothing_here' }));
    expect(empty.code).toBe('noCollections');
    expect(empty.message).toContain('core_nothing_here');
  });

  it('refuses a connection string without quoting it', async () => {
    const error = await refusal(openSource({ uri: `mongodb://a:${SECRET}@@x/%` }));
    expect(error.code).toBe('badInput');
    expect(error.message).not.toContain(SECRET);
  });
});

describe('a running call', () => {
  let source: Source;
  beforeAll(async () => {
    source = await openSource({ uri, database });
  });
  afterAll(() => source.close());

  /** Pairs every event with every other: seconds of work that can be interrupted. */
  const slow = [
    {
      $lookup: {
        from: 'events',
        pipeline: [{ $lookup: { from: 'events', pipeline: [], as: 'b' } }],
        as: 'a',
      },
    },
    { $unwind: '$a' },
    { $unwind: '$a.b' },
    { $group: { _id: null, n: { $sum: 1 } } },
  ];
  const running = async (comment: string): Promise<number> => {
    const admin = client.db('admin');
    const found = await admin
      .aggregate([
        { $currentOp: { allUsers: true } },
        { $match: { 'command.comment': comment, active: true } },
      ])
      .toArray();
    return found.length;
  };
  const until = async (holds: () => Promise<boolean>): Promise<boolean> => {
    for (let tries = 0; tries < 100; tries += 1) {
      if (await holds()) return true;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return false;
  };

  it('carries its comment and ends on the server when it is cancelled', async () => {
    const stop = new AbortController();
    const comment = 'waymark funnel "Slow"';
    const call = refusal(allDocuments(source.aggregate('events', slow, { comment, signal: stop.signal })));
    expect(await until(async () => (await running(comment)) > 0)).toBe(true);
    stop.abort();
    expect((await call).code).toBe('cancelled');
    expect(await until(async () => (await running(comment)) === 0)).toBe(true);
  }, 30_000);

  it('that was cancelled takes no later call with it', async () => {
    for (let round = 0; round < 8; round += 1) {
      const stop = new AbortController();
      const { signal } = stop;
      const cancelled = Array.from({ length: 4 }, () =>
        refusal(allDocuments(source.aggregate('events', slow, { signal }))),
      );
      await new Promise((resolve) => setTimeout(resolve, round % 7));
      stop.abort();
      const later = cancelled.map(async (call) => {
        expect((await call).code).toBe('cancelled');
        const pipeline = [{ $group: { _id: '$userId', n: { $sum: 1 } } }];
        for (let call = 0; call < 4; call += 1) await allDocuments(source.aggregate('events', pipeline));
      });
      await Promise.all(later);
    }
  }, 60_000);

  it('ends at its time limit and says so', async () => {
    const error = await refusal(allDocuments(source.aggregate('events', slow, { maxTimeMs: 200 })));
    expect(error.code).toBe('timeLimit');
  }, 30_000);

  it('tells the limit of the whole run, not what was left of it', async () => {
    let now = 0;
    const run = new SourceRun(source, { comment: 'waymark kpis', maxTimeMs: 7_000, clock: () => now });
    now = 6_900;
    const error = await refusal(allDocuments(run.aggregate('events', slow)));
    expect(error.message).toMatch(/^The time limit of 7 s was reached\./);
  }, 30_000);
});

it('fixes a moment also while the collection is being made', async () => {
  const young = 'core_source_young';
  const source = await openSource({ uri, database: young, anyCollections: true });
  const refusals: unknown[] = [];
  for (let round = 0; round < 15; round++) {
    let isMade = false;
    const made = client
      .db(young)
      .collection(`made${round}`)
      .insertOne({ round })
      .finally(() => (isMade = true));
    while (!isMade) await source.openSnapshot(`made${round}`).catch((error: unknown) => refusals.push(error));
    await made;
    await source.openSnapshot(`made${round}`);
  }
  // Before it is there, no moment can be read in it; nothing else is in the way.
  expect(refusals.filter((error) => !(error instanceof WaymarkError && error.code === 'badInput'))).toEqual(
    [],
  );
  await client.db(young).dropDatabase();
  await source.close();
});
