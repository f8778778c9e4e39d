import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { MongoClient, type Db } from 'mongodb';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { createRandom } from '../../sample/random';
import { openSource } from '../../source/openSource';
import { Snapshot } from '../../source/snapshot';
import type { Source } from '../../source/source';
import { SourceRun } from '../../source/sourceRun';
import { detailsOf, readAllEvents } from '../journeys/readPerson';
import { PartGone } from '../snapshot';
import { openFolderSnapshot } from '../store/folderSnapshot';
import { FolderStore } from '../store/folderStore';
import { readPublished } from '../store/loadStore';
import type { Manifest } from '../store/manifest';
import { History } from '../testing/history';
import { rowsOfEvents, rowsOfSnapshot } from '../testing/rowsOf';
import { buildStore } from './buildStore';
import { StoreFollower, type FollowerPoint } from './followStore';

const DEEP = (process.env['WAYMARK_DEEP'] ?? '') !== '';
const ROUNDS = DEEP ? 150 : 12;
const DATABASE = 'columns_follow';

let client: MongoClient;
let db: Db;
let source: Source;
let root: string;

beforeAll(async () => {
  client = await MongoClient.connect(inject('mongoUri'), { writeConcern: { w: 'majority' } });
  db = client.db(DATABASE);
  source = await openSource({ uri: inject('mongoUri'), database: DATABASE, anyCollections: true });
  root = await mkdtemp(path.join(tmpdir(), 'waymark-follow-'));
});
afterAll(async () => {
  await db.dropDatabase();
  await source.close();
  await client.close();
  await rm(root, { recursive: true });
});

let folders = 0;
const newStore = (): FolderStore => new FolderStore(path.join(root, `store${folders++}`));

async function begin(hasImages: boolean, seed: number): Promise<History> {
  await db.dropDatabase();
  await db.createCollection('events', hasImages ? { changeStreamPreAndPostImages: { enabled: true } } : {});
  await db.collection('events').createIndex({ timestamp: 1 });
  const history = new History(db, { random: createRandom(seed), now: Date.now(), prefix: 'e' });
  for (let times = 0; times < 10; times++) await history.happen();
  return history;
}

/** What whoever opens the folder now finds: every row, every event whole, the people listed. */
async function contentOf(store: FolderStore): Promise<{ rows: string[]; whole: string[]; people: string[] }> {
  const opened = new FolderStore(store.folder);
  const snapshot = await openFolderSnapshot(opened);
  const manifest = await readPublished(opened);
  const whole: string[] = [];
  for await (const { id, at, user } of readAllEvents(opened, detailsOf(opened, manifest, 'journeys'))) {
    whole.push(JSON.stringify([at, user, id]));
  }
  const people = (await snapshot.userIds()).filter((id): id is string => id !== null);
  return { rows: await rowsOfSnapshot(snapshot), whole: whole.sort(), people: people.sort() };
}

async function contentOfEvents(at?: Snapshot): ReturnType<typeof contentOf> {
  const moment = at ?? (await source.openSnapshot('events'));
  const whole: string[] = [];
  const people = new Set<string>();
  for await (const batch of source.find('events', {}, { snapshot: moment })) {
    for (const { _id, userId, timestamp } of batch) {
      whole.push(JSON.stringify([(timestamp as Date).getTime(), userId, _id]));
      people.add(String(userId));
    }
  }
  return { rows: await rowsOfEvents(source, moment), whole: whole.sort(), people: [...people].sort() };
}

class Killed extends Error {}

describe('a folder that follows the events', () => {
  it.each([
    ['with images of what events were', true, 3],
    ['where the log does not tell which day lost an event', false, 4],
  ])(
    'holds the events of one moment, whatever happens and wherever it dies, %s',
    async (_, hasImages, seed) => {
      const random = createRandom(seed, 77);
      const history = await begin(hasImages, seed);
      const store = newStore();
      const seen = { deaths: 0, whole: 0, days: 0 };
      let dies: FollowerPoint | null = null;
      const open = async () => {
        const lock = await store.lock();
        const reached = (point: FollowerPoint): void => {
          if (point === dies) throw new Killed();
        };
        return { lock, follower: new StoreFollower({ source, store, lock, mostDaysApart: 60, reached }) };
      };
      let current = await open();
      await current.follower.step();
      for (let round = 0; round < ROUNDS; round++) {
        const before = await contentOf(store);
        for (let times = random.integer(1, 3); times > 0; times--) await history.happen();
        dies = random.chance(0.25)
          ? ((['follow.read', 'follow.stored', 'follow.published'] as const)[random.integer(0, 2)] ?? null)
          : null;
        // Now and then more happens while the step reads.
        const meanwhile = dies === null && random.chance(0.5) ? history.happen() : Promise.resolve('');
        try {
          const step = await current.follower.step();
          await meanwhile;
          if (step?.days === null) seen.whole++;
          if (step && step.days !== null) {
            seen.days += step.days;
            expect(await contentOf(store)).toEqual(await contentOfEvents(new Snapshot(step.at)));
          }
        } catch (error) {
          if (!(error instanceof Killed)) throw error;
          seen.deaths++;
          const expected = dies === 'follow.published' ? await contentOfEvents() : before;
          expect(await contentOf(store)).toEqual(expected);
          dies = null;
          await current.lock.release();
          current = await open();
        }
      }
      dies = null;
      while (await current.follower.step());
      expect(await contentOf(store)).toEqual(await contentOfEvents());
      await current.lock.release();
      expect(seen.deaths).toBeGreaterThan(0);
      expect(seen.days).toBeGreaterThan(0);
      if (DEEP) process.stdout.write(`${JSON.stringify(seen)}\n`);
    },
    DEEP ? 600_000 : 120_000,
  );

  describe('day by day', () => {
    let store: FolderStore;
    let follower: StoreFollower;
    const declared = [{ name: 'amount', type: 'number' }] as const;
    const runNow = () => new SourceRun(source, { comment: 'test', maxTimeMs: 60_000 });
    const step = async (): Promise<Manifest> => {
      const stepped = await follower.step();
      if (!stepped) throw new Error('Nothing has changed.');
      expect(stepped.days).not.toBeNull();
      return stepped.manifest;
    };

    beforeEach(async () => {
      await begin(true, 5);
      await db.collection('events').deleteMany({});
      const events = Array.from({ length: 60 }, (_, n) => ({
        _id: `e${n}` as never,
        userId: `u${n % 7}`,
        sessionId: `s${n % 9}`,
        eventType: 'page_view',
        timestamp: new Date(Date.UTC(2026, 0, 1 + (n % 6), 8, n)),
        receivedAt: new Date(),
        properties: { amount: n },
      }));
      await db.collection('events').insertMany(events);
      store = newStore();
      await buildStore({ run: runNow(), store, declared, now: new Date() });
      const lock = await store.lock();
      follower = new StoreFollower({ source, store, lock });
      await follower.step();
      return () => lock.release();
    });

    it('reads the days again that have changed, and leaves the files of the others', async () => {
      expect(await follower.step()).toBeNull();
      const before = await readPublished(store);
      await db.collection('events').insertOne({
        userId: 'late',
        eventType: 'page_view',
        timestamp: new Date(Date.UTC(2026, 0, 3, 9)),
        properties: {},
      });
      const { blocks } = await step();
      const kept = blocks.filter(({ file }) => before.blocks.some((block) => block.file === file));
      expect([before.blocks.length, blocks.length, kept.length]).toEqual([6, 6, 5]);
      expect(blocks.map(({ start }) => start)).toEqual(before.blocks.map(({ start }) => start));
    });

    it('takes over people, merged people, values that no column can hold, and lets go of them', async () => {
      await db.collection('users').insertOne({ _id: 'u1' as never, traits: { plan: 'pro' } });
      await db.collection('identities').insertOne({ _id: 'anonymous' as never, canonicalId: 'u1' });
      await db
        .collection('events')
        .updateOne({ _id: 'e3' as never }, { $set: { 'properties.amount': 'three' } });
      expect((await step()).inexact).toHaveProperty(['properties.amount']);
      const snapshot = await openFolderSnapshot(store);
      expect((await snapshot.profiles()).get('u1')).toMatchObject({ traits: { plan: 'pro' } });
      expect((await snapshot.identities()).canonicalOf('anonymous')).toBe('u1');

      await db.collection('events').updateOne({ _id: 'e3' as never }, { $set: { 'properties.amount': 3 } });
      await db.collection('events').deleteMany({ userId: 'u2' });
      const { inexact } = await step();
      expect(inexact).toEqual({});
      expect((await contentOf(store)).people).not.toContain('u2');

      // Read as a whole, it is the same.
      const whole = newStore();
      await buildStore({ run: runNow(), store: whole, declared, now: new Date() });
      expect(await contentOf(store)).toEqual(await contentOf(whole));
    });

    it('has one builder at a time, and takes over from a dead one', async () => {
      await expect(store.lock()).rejects.toMatchObject({ code: 'badInput' });
      const left = newStore();
      await left.create();
      const { pid } = spawnSync(process.execPath, ['--version']);
      await writeFile(
        path.join(left.folder, 'builder.json'),
        JSON.stringify({ token: 'gone', host: hostname(), pid }),
      );
      const lock = await left.lock();
      await lock.assertHeld();
      await lock.release();
      await expect(lock.assertHeld()).rejects.toMatchObject({ code: 'badInput' });
      expect(await readdir(left.folder)).toEqual(['files']);
    });
  });

  it('tells who reads an older build that there is a newer one', async () => {
    await begin(true, 6);
    const store = newStore();
    const build = () =>
      buildStore({
        run: new SourceRun(source, { comment: 'test', maxTimeMs: 60_000 }),
        store,
        declared: [],
        now: new Date(),
      });
    await build();
    const snapshot = await openFolderSnapshot(store);
    await db.collection('events').updateMany({}, { $set: { device: 'another' } });
    await build();
    const [part] = snapshot.parts;
    if (!part || !('read' in part)) throw new Error('There is no block.');
    await expect(part.read()).rejects.toBeInstanceOf(PartGone);
  });
});
