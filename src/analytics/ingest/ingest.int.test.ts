import { describe, expect, it } from 'vitest';
import type { IngestItem } from '../../shared/model/ingest/item';
import type { Ingest } from './ingest';
import { at, derived, derivePatiently, event, person, useDatabases, writeEncoded } from './testing/writers';

const databases = useDatabases();

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
    const ingest = await databases.open('once');
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
    const ingest = await databases.open('refused');
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
    const ingest = await databases.open('direct');
    const { events } = ingest.stores;
    const validator = { validator: { eventType: { $ne: 'refused' } } };
    await databases.client.db(events.dbName).command({ collMod: events.collectionName, ...validator });
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
    const ingest = await databases.open('gap');
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
    const ingest = await databases.open('merge');
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
    const ingest = await databases.open('identified');
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
      const straight = await databases.open(`straight${seed}`);
      await straight.write(items);
      await straight.derive();
      const expected = await derived(straight);
      const shuffled = await databases.open(`shuffled${seed}`);
      const below = numbers(seed + 100);
      const twice = shuffle([...items, ...items], below);
      while (twice.length > 0) {
        await writeEncoded(shuffled, twice.splice(0, 1 + below(60)));
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
    const ingest = await databases.open('long');
    const other = await databases.open('long');
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
    const anew = await databases.open('long');
    const items = await ingest.stores.events.find().toArray();
    await anew.write(items.map((stored) => ({ kind: 'event', event: stored })));
    await anew.derive();
    expect(await derived(anew)).toEqual(grown);
  });

  it.each([4, 5])('derives the same with three writers at a time (seed %i)', async (seed) => {
    const items = randomItems(seed, 400);
    const straight = await databases.open(`alone${seed}`);
    await straight.write(items);
    await straight.derive();
    const expected = await derived(straight);
    const writers = [
      await databases.open(`together${seed}`),
      await databases.open(`together${seed}`),
      await databases.open(`together${seed}`),
    ];
    const below = numbers(seed);
    const queue = shuffle([...items, ...items.slice(0, 100)], below);
    const work = async (writer: Ingest): Promise<void> => {
      while (queue.length > 0) {
        const piece = queue.splice(0, 1 + below(20));
        await (below(2) === 0 ? writer.write(piece) : writeEncoded(writer, piece));
        await derivePatiently(writer);
      }
    };
    await Promise.all(writers.map(work));
    expect(await derived(writers[0] ?? straight)).toEqual(expected);
  });
});

describe('a person of whom more is said than a document holds', () => {
  it('keeps the latest of it, and everybody else is derived as ever', async () => {
    const ingest = await databases.open('large');
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
