import { MongoClient } from 'mongodb';
import { describe, expect, inject, it, vi } from 'vitest';
import { openIngest } from './ingest';
import { derived, derivePatiently, event, person, useDatabases, writeEncoded } from './testing/writers';

const databases = useDatabases();

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
  const says = (traits: Record<string, unknown>, minutes: number) =>
    person(`t${minutes}`, minutes, { userId: 'dee', traits });

  // What it has derived before, what it derives now, and what comes between; `repeated` is known to the database.
  it.each([
    ['profiles', 'bulkWrite', 'statements', [], signedIn, alsoSignedIn],
    ['identities', 'bulkWrite', 'links', [], signedIn, alsoSignedIn],
    ['users', 'insertMany', 'users', [], signedIn, alsoSignedIn],
    ['users', 'bulkWrite', 'known users', begun, [says({ plan: 'pro' }, 6)], [says({ name: 'Dee' }, 7)]],
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
      const straight = await databases.open(`straight_${name}`);
      await straight.write([...derivedBefore, ...mine, ...theirs]);
      await straight.derive();
      const ingest = await databases.open(`between_${name}`);
      const other = await databases.open(`between_${name}`);
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
    const straight = await databases.open('straight_died');
    await straight.write([...before, ...then]);
    await straight.derive();
    const expected = await derived(straight);
    await databases.open('died');
    let deaths = 0;
    for (let isDone = false; !isDone;) {
      const ingest = openIngest({ db: databases.client.db('ingest_died') });
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
      const again = openIngest({ db: databases.client.db('ingest_died') });
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
      await databases.open('once_each');
      const ingest = openIngest({ db: watched.db('ingest_once_each') });
      const commands: { name: string; collection: unknown; count: number }[] = [];
      watched.on('commandStarted', ({ commandName: name, command }) => {
        const documents: unknown = command['documents'] ?? command['updates'];
        const count = Array.isArray(documents) ? documents.length : 0;
        commands.push({ name, collection: command[name], count });
      });
      for (const minute of [0, 1, 2]) {
        const ids = Array.from({ length: 300 }, (_, index) => `u${index}`);
        commands.length = 0;
        const events = ids.map((userId) => event(`${userId}-${minute}`, minute, { userId }));
        expect(new Set(await writeEncoded(ingest, events))).toEqual(new Set(['stored']));
        // By one command whose documents lie behind it, as they were encoded.
        expect(commands.map(({ name }) => name)).toEqual(['insert']);
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
