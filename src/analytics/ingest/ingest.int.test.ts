import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import type { StoredEvent, StoredPersonMessage } from '../../shared/model/event';
import type { IngestItem } from '../../shared/model/ingest/item';
import { type Ingest, openIngest } from './ingest';

let client: MongoClient;
const databases = new Set<string>();

beforeAll(async () => {
  client = await MongoClient.connect(inject('mongoUri'));
});
afterAll(async () => {
  for (const name of databases) await client.db(name).dropDatabase();
  await client.close();
});

const open = async (name: string): Promise<Ingest> => {
  const database = `ingest_${name}`;
  databases.add(database);
  const ingest = openIngest({ db: client.db(database) });
  await ingest.prepare();
  return ingest;
};

const START = Date.UTC(2026, 2, 1, 9);
const at = (minutes: number): Date => new Date(START + minutes * 60_000);

const event = (id: string, minutes: number, more: Partial<StoredEvent> & { userId: string }): IngestItem => ({
  kind: 'event',
  event: {
    _id: id,
    eventType: 'click',
    timestamp: at(minutes),
    receivedAt: at(minutes),
    properties: {},
    ...more,
  },
});

const person = (
  id: string,
  minutes: number,
  more: Partial<StoredPersonMessage> & { userId: string },
): IngestItem => ({
  kind: 'person',
  message: {
    _id: id,
    type: 'identify',
    identified: true,
    timestamp: at(minutes),
    receivedAt: at(minutes),
    ...more,
  },
});

/** Everything that is derived, in an order of its own, without what counts writes. */
async function derived({ stores }: Ingest): Promise<Record<string, unknown>> {
  const sorted = { sort: { _id: 1 } } as const;
  return {
    users: await stores.users.find({}, sorted).toArray(),
    sessions: await stores.sessions.find({}, sorted).toArray(),
    identities: await stores.identities.find({}, sorted).toArray(),
    profiles: await stores.profiles.find({}, { ...sorted, projection: { revision: 0 } }).toArray(),
    events: await stores.events.countDocuments(),
  };
}

/** A small generator of numbers, repeatable by seed. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function shuffle<T>(values: readonly T[], below: (limit: number) => number): T[] {
  const copy = [...values];
  for (let index = copy.length - 1; index > 0; index -= 1) {
    const other = below(index + 1);
    const [a, b] = [copy[index], copy[other]];
    if (a !== undefined && b !== undefined) [copy[index], copy[other]] = [b, a];
  }
  return copy;
}

/** Messages about few people with many links, merges, shared devices, named and unnamed sessions. */
function randomItems(seed: number, count: number): IngestItem[] {
  const below = numbers(seed);
  return Array.from({ length: count }, (_, index) => {
    const minutes = below(3_000);
    const anonymousId = `a${below(8)}`;
    const userId = `u${below(5)}`;
    const kind = below(20);
    if (kind === 0)
      return person(`m${index}`, minutes, { userId, alias: anonymousId, traits: { plan: below(4) } });
    if (kind === 1) return person(`m${index}`, minutes, { userId, traits: { [`t${below(3)}`]: below(9) } });
    if (kind === 2) return person(`m${index}`, minutes, { type: 'alias', userId, alias: `u${below(5)}` });
    if (kind === 3 && below(3) === 0) {
      return person(`m${index}`, minutes, { type: 'alias', userId, alias: `u${below(5)}`, forced: true });
    }
    const session = below(4) === 0 ? { sessionId: `s${below(3)}` } : {};
    const page = below(2) === 0 ? { page: { path: `/${below(5)}` } } : {};
    const ids =
      kind < 9 ? { userId: anonymousId, anonymousId } : kind < 12 ? { userId, anonymousId } : { userId };
    return event(`m${index}`, minutes, {
      ...ids,
      ...session,
      ...page,
      device: below(2) ? 'mobile' : 'desktop',
    });
  });
}

describe('ingest', () => {
  it('stores an item once and says so the second time', async () => {
    const ingest = await open('once');
    const items = [
      event('e1', 0, { userId: 'u' }),
      person('p1', 1, { userId: 'u', traits: { name: 'Ada' } }),
    ];
    expect(await ingest.write(items)).toEqual(['stored', 'stored']);
    expect(await ingest.write([...items, event('e2', 2, { userId: 'u' })])).toEqual([
      'duplicate',
      'duplicate',
      'stored',
    ]);
    await ingest.derive();
    expect(await ingest.stores.users.findOne({ _id: 'u' })).toMatchObject({
      name: 'Ada',
      createdAt: at(0),
      lastActiveAt: at(2),
    });
  });

  it('sets apart what the database refuses and stores its neighbours', async () => {
    const ingest = await open('refused');
    const outcomes = await ingest.write([
      event('e1', 0, { userId: 'u' }),
      event('e2', 0, { userId: 'u', properties: { big: 'x'.repeat(17 * 2 ** 20) } }),
      event('e3', 0, { userId: 'u', properties: { 'a\0b': 1 } }),
      event('e4', 0, { userId: 'u' }),
    ]);
    expect(outcomes).toEqual([
      'stored',
      { rejected: expect.any(String) },
      { rejected: expect.any(String) },
      'stored',
    ]);
  });

  it('says the same of small batches, which one command inserts', async () => {
    const ingest = await open('direct');
    const { events } = ingest.stores;
    const validator = { validator: { eventType: { $ne: 'refused' } } };
    await client.db(events.dbName).command({ collMod: events.collectionName, ...validator });
    const items = [
      event('e1', 0, { userId: 'u', page: undefined as never }),
      event('e1', 1, { userId: 'u' }),
      event('e2', 0, { userId: 'u', eventType: 'refused' }),
      person('p1', 1, { userId: 'u', traits: { name: 'Ada' } }),
    ];
    const refused = { rejected: expect.stringContaining('validation') };
    expect(await ingest.write(items, 2_000)).toEqual(['stored', 'duplicate', refused, 'stored']);
    const again = ['duplicate', 'duplicate', refused, 'duplicate'];
    expect(await ingest.write(items, 2_000)).toEqual(again);
    expect(await ingest.write(items)).toEqual(again);
    expect(await events.findOne({ _id: 'e1' })).not.toHaveProperty('page');
    // What cannot be one command takes the driver's way.
    const broken = [
      event('e3', 0, { userId: 'u' }),
      event('e4', 0, { userId: 'u', properties: { 'a\0b': 1 } }),
    ];
    expect(await ingest.write(broken, 1_000)).toEqual(['stored', { rejected: expect.any(String) }]);
  });

  it('cuts sessions at a gap of more than 30 minutes and joins them when a late event fills it', async () => {
    const ingest = await open('gap');
    await ingest.write([0, 30, 61, 90].map((minutes) => event(`e${minutes}`, minutes, { userId: 'u' })));
    await ingest.derive();
    const counts = async () =>
      (await ingest.stores.sessions.find({}, { sort: { startedAt: 1 } }).toArray()).map(
        (session) => session.eventCount,
      );
    expect(await counts()).toEqual([2, 2]);
    await ingest.write([event('late', 45, { userId: 'u' })]);
    await ingest.derive();
    expect(await counts()).toEqual([5]);
    await ingest.write([event('later', -20, { userId: 'u' })]);
    await ingest.derive();
    expect(await counts()).toEqual([6]);
    expect(await ingest.stores.sessions.findOne()).toMatchObject({ _id: `u|~${at(-20).toISOString()}` });
  });

  it('joins a visitor’s earlier events to the user who then signs in', async () => {
    const ingest = await open('merge');
    await ingest.write([
      event('e1', 0, { userId: 'anon', anonymousId: 'anon', page: { path: '/' } }),
      event('e2', 5, { userId: 'anon', anonymousId: 'anon' }),
    ]);
    await ingest.derive();
    expect(await ingest.stores.users.countDocuments()).toBe(1);
    await ingest.write([event('e3', 9, { userId: 'ada', anonymousId: 'anon', page: { path: '/account' } })]);
    await ingest.derive();
    expect(await ingest.stores.identities.find().toArray()).toEqual([
      { _id: 'anon', canonicalId: 'ada', linkedAt: at(9) },
    ]);
    expect((await ingest.stores.users.find().toArray()).map(({ _id }) => _id)).toEqual(['ada']);
    expect(await ingest.stores.sessions.find().toArray()).toMatchObject([
      { userId: 'ada', eventCount: 3, entryPage: '/', exitPage: '/account' },
    ]);
  });

  it('never merges two identified users by an alias, unless forced', async () => {
    const ingest = await open('identified');
    await ingest.write([
      event('e1', 0, { userId: 'ada' }),
      event('e2', 0, { userId: 'bob' }),
      person('p1', 1, { type: 'alias', userId: 'bob', alias: 'ada' }),
    ]);
    await ingest.derive();
    expect(await ingest.stores.identities.countDocuments()).toBe(0);
    await ingest.write([person('p2', 2, { type: 'alias', userId: 'bob', alias: 'ada', forced: true })]);
    await ingest.derive();
    expect(await ingest.stores.identities.findOne()).toMatchObject({ _id: 'ada', canonicalId: 'bob' });
  });

  it.each([1, 2, 3])(
    'derives the same from messages sent twice, shuffled, in pieces (seed %i)',
    async (seed) => {
      const items = randomItems(seed, 400);
      const straight = await open(`straight${seed}`);
      await straight.write(items);
      await straight.derive();
      const expected = await derived(straight);
      const shuffled = await open(`shuffled${seed}`);
      const below = numbers(seed + 100);
      const twice = shuffle([...items, ...items], below);
      while (twice.length > 0) {
        await shuffled.write(twice.splice(0, 1 + below(60)));
        if (below(2) === 0) await shuffled.derive();
      }
      await shuffled.derive();
      expect(await derived(shuffled)).toEqual(expected);
      for (const { canonicalId } of await shuffled.stores.identities.find().toArray()) {
        expect(await shuffled.stores.identities.findOne({ _id: canonicalId })).toBeNull();
      }
    },
  );

  it('goes on with long sessions as it would count them anew, whoever wrote between', async () => {
    const ingest = await open('long');
    const other = await open('long');
    const minutes = (second: number): number => second / 60;
    const gapped = (id: string, second: number) =>
      event(id, minutes(second), { userId: 'long', page: { path: `/${second % 7}` } });
    const named = (id: string, second: number) =>
      event(id, minutes(second), { userId: 'named', sessionId: 's', device: 'mobile' });
    for (let start = 0; start < 1_600; start += 200) {
      const seconds = Array.from({ length: 200 }, (_, index) => start + index);
      await ingest.write(
        seconds.flatMap((second) => [gapped(`g${second}`, second), named(`n${second}`, second)]),
      );
      await ingest.derive();
      if (start === 800) await other.write([gapped('foreign', 120.5), named('foreign-named', 130.5)]);
      if (start === 1_000) await ingest.write([gapped('late', -60), named('late-named', 300.5)]);
    }
    await ingest.write([gapped('pause', 4_000), gapped('after', 4_100), gapped('far', 9_000)]);
    await ingest.derive();
    const grown = await derived(ingest);
    expect(grown['sessions']).toMatchObject([
      { _id: expect.stringContaining('long|~'), eventCount: 1_602, exitPage: '/3' },
      { eventCount: 2 },
      { eventCount: 1 },
      { _id: 'named|s', eventCount: 1_602 },
    ]);
    await ingest.stores.sessions.deleteMany({});
    const anew = await open('long');
    const items = await ingest.stores.events.find().toArray();
    await anew.write(items.map((stored) => ({ kind: 'event', event: stored })));
    await anew.derive();
    expect(await derived(anew)).toEqual(grown);
  });

  it.each([4, 5])('derives the same with three writers at a time (seed %i)', async (seed) => {
    const items = randomItems(seed, 400);
    const straight = await open(`alone${seed}`);
    await straight.write(items);
    await straight.derive();
    const expected = await derived(straight);
    const writers = [
      await open(`together${seed}`),
      await open(`together${seed}`),
      await open(`together${seed}`),
    ];
    const below = numbers(seed);
    const queue = shuffle([...items, ...items.slice(0, 100)], below);
    const work = async (writer: Ingest): Promise<void> => {
      while (queue.length > 0) {
        await writer.write(queue.splice(0, 1 + below(20)));
        await derivePatiently(writer);
      }
    };
    await Promise.all(writers.map(work));
    expect(await derived(writers[0] ?? straight)).toEqual(expected);
  });
});

describe('a writer beside others', () => {
  const signedIn = [
    event('m1', 0, { userId: 'anon', anonymousId: 'anon', page: { path: '/mine' } }),
    event('m2', 9, { userId: 'ada', anonymousId: 'anon' }),
    event('m3', 5, { userId: 'dee', device: 'mobile' }),
  ];
  const alsoSignedIn = [
    event('t1', 3, { userId: 'bob', anonymousId: 'anon' }),
    event('t2', -20, { userId: 'anon', anonymousId: 'anon', page: { path: '/theirs' } }),
    person('t3', 8, { userId: 'dee', traits: { name: 'Dee' } }),
  ];
  const begun = [event('m1', 5, { userId: 'dee' }), event('m2', 0, { userId: 'eve' })];
  const earlier = [event('t1', -5, { userId: 'dee' }), event('t2', 300, { userId: 'eve' })];
  const named = [event('m1', 5, { userId: 'cy', sessionId: 's', page: { path: '/mine' } })];
  const alsoNamed = [event('t1', 7, { userId: 'cy', sessionId: 's', page: { path: '/theirs' } })];
  const goesOn = [event('m3', 20, { userId: 'dee' }), event('m4', 60, { userId: 'eve' })];
  const later = [event('t1', 30, { userId: 'dee' })];

  // What it has derived before, what it derives now, and what comes between; `repeated` is known to the database.
  it.each([
    ['profiles', 'bulkWrite', 'statements', [], signedIn, alsoSignedIn],
    ['identities', 'bulkWrite', 'links', [], signedIn, alsoSignedIn],
    ['users', 'insertMany', 'users', [], signedIn, alsoSignedIn],
    ['sessions', 'bulkWrite', 'people', [], signedIn, alsoSignedIn],
    ['sessions', 'deleteMany', 'aliases', [], signedIn, alsoSignedIn],
    ['sessions', 'bulkWrite', 'beginnings', [], begun, earlier],
    ['sessions', 'bulkWrite', 'names', [], named, alsoNamed],
    ['sessions', 'bulkWrite', 'ends', begun, goesOn, later],
    ['sessions', 'bulkWrite', 'repeated beginnings', [], begun.slice(0, 1), earlier],
    ['sessions', 'bulkWrite', 'repeated names', [], named, alsoNamed],
  ] as const)(
    'leaves what all events say when one comes before its %s.%s: %s',
    async (collectionName, method, about, derivedBefore, mine, theirs) => {
      const name = about.replaceAll(' ', '_');
      const straight = await open(`straight_${name}`);
      await straight.write([...derivedBefore, ...mine, ...theirs]);
      await straight.derive();
      const ingest = await open(`between_${name}`);
      const other = await open(`between_${name}`);
      await ingest.write(derivedBefore);
      await ingest.derive();
      if (about.startsWith('repeated')) await other.write(mine);
      const collection: Record<typeof method, (...given: never[]) => Promise<unknown>> =
        ingest.stores[collectionName];
      const real = collection[method].bind(collection);
      const write = vi.spyOn(collection, method).mockImplementationOnce(async (...given) => {
        await other.write(theirs);
        await derivePatiently(other);
        return real(...given);
      });
      await ingest.write(mine);
      await derivePatiently(ingest);
      expect(write).toHaveBeenCalled();
      expect(await derived(ingest)).toEqual(await derived(straight));
    },
  );

  it('derives the same after it died before any of its writes, and was started again', async () => {
    const before = [...begun, ...alsoSignedIn];
    const then = [
      ...signedIn,
      ...goesOn,
      event('m9', 2, { userId: 'anon-2', anonymousId: 'anon-2' }),
      event('m10', 4, { userId: 'bob', anonymousId: 'anon-2' }),
      person('m11', 6, { type: 'alias', userId: 'dee', alias: 'bob', forced: true }),
    ];
    const straight = await open('straight_died');
    await straight.write([...before, ...then]);
    await straight.derive();
    const expected = await derived(straight);
    await open('died');
    let deaths = 0;
    for (let isDone = false; !isDone;) {
      const ingest = openIngest({ db: client.db('ingest_died') });
      for (const collection of Object.values(ingest.stores)) await collection.deleteMany({});
      await ingest.write(before);
      await ingest.derive();
      await ingest.write(then);
      let left = deaths;
      for (const collection of Object.values(ingest.stores)) {
        const writes: Record<string, (...given: never[]) => Promise<unknown>> = collection;
        for (const method of ['bulkWrite', 'insertMany', 'deleteMany']) {
          const real = writes[method]?.bind(collection);
          vi.spyOn(writes, method).mockImplementation(async (...given) => {
            if ((left -= 1) < 0) throw new Error('it died');
            return real?.(...given);
          });
        }
      }
      isDone = await ingest.derive().then(
        () => true,
        () => false,
      );
      const again = openIngest({ db: client.db('ingest_died') });
      await again.write(then);
      await again.derive();
      expect([deaths, await derived(again)]).toEqual([deaths, expected]);
      deaths += 1;
    }
    expect(deaths).toBeGreaterThan(7);
  });

  it('writes each user and session once and reads no event back where nobody else wrote', async () => {
    const watched = await MongoClient.connect(inject('mongoUri'), { monitorCommands: true });
    try {
      await open('once_each');
      const ingest = openIngest({ db: watched.db('ingest_once_each') });
      const commands: { name: string; collection: unknown; count: number }[] = [];
      watched.on('commandStarted', ({ commandName: name, command }) => {
        const documents: unknown = command['documents'] ?? command['updates'];
        const count = Array.isArray(documents) ? documents.length : 0;
        commands.push({ name, collection: command[name], count });
      });
      for (const minute of [0, 1, 2]) {
        const ids = Array.from({ length: 300 }, (_, index) => `u${index}`);
        await ingest.write(ids.map((userId) => event(`${userId}-${minute}`, minute, { userId })));
        commands.length = 0;
        await ingest.derive();
        const written = commands.filter(({ count }) => count > 0);
        expect(written.map(({ collection, count }) => [collection, count])).toEqual([
          ['profiles', 300],
          ['users', 300],
          ['sessions', 300],
        ]);
        expect(commands.filter(({ name, collection }) => name === 'find' && collection === 'events')).toEqual(
          [],
        );
      }
      commands.length = 0;
      await ingest.derive();
      expect(commands).toEqual([]);
    } finally {
      await watched.close();
    }
  });
});

/** Two writers may insert one derived document at the same time; who comes second begins again. */
async function derivePatiently(writer: Ingest): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      await writer.derive();
      return;
    } catch (error) {
      if (tries > 20) throw error;
    }
  }
}

describe('a person of whom more is said than a document holds', () => {
  it('keeps the latest of it, and everybody else is derived as ever', async () => {
    const ingest = await open('large');
    const said = Array.from({ length: 300 }, (_, index) =>
      person(`said-${index}`, index, { userId: 'much', traits: { [`t${index}`]: 'x'.repeat(60_000) } }),
    );
    await ingest.write([...said, person('once', 0, { userId: 'little', traits: { name: 'Ada' } })]);
    await ingest.derive();
    const users = await ingest.stores.users.find({}, { sort: { _id: 1 } }).toArray();
    expect(users.map(({ _id }) => _id)).toEqual(['little', 'much']);
    expect(Object.keys(users[1]?.traits ?? {})).toEqual(['t295', 't296', 't297', 't298', 't299']);
  });
});
