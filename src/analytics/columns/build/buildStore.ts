import { BSON } from 'mongodb';
import { WaymarkError } from '../../../shared/errors';
import { loadIdentities } from '../../identity/identityMap';
import type { SourceRun } from '../../source/sourceRun';
import type { StoreOrdinals } from '../format/assembleBlock';
import type { PropertyColumn } from '../format/columnEvent';
import { Ordinals } from '../format/ordinals';
import { DetailsWriter } from '../journeys/detailsWriter';
import type { FolderLock } from '../store/folderLock';
import type { FolderStore } from '../store/folderStore';
import { parseId, putTexts, readLines } from '../store/lines';
import { STORE_VERSION, type Manifest, type StoredFile } from '../store/manifest';
import { readProfiles } from './readEvents';
import { writeBlocks, type InexactDays } from './writeBlocks';

export interface BuildOptions {
  readonly run: SourceRun;
  readonly store: FolderStore;
  readonly declared: readonly PropertyColumn[];
  readonly now: Date;
  readonly onProgress?: ((events: number) => void) | undefined;
}

/** A build, and what is needed to go on from it without reading everything again. */
export interface BuiltStore {
  readonly manifest: Manifest;
  readonly ordinals: StoreOrdinals;
  readonly inexact: InexactDays;
}

/**
 * Builds the column blocks of a database into a folder, with reading rights alone. The folder's last build
 * stays readable until the new one is complete; blocks that did not change are kept.
 * @returns what was published
 * @throws WaymarkError of the source; `cancelled`; `badInput` while somebody else builds the folder
 */
export async function buildStore(options: BuildOptions): Promise<Manifest> {
  const lock = await options.store.lock();
  try {
    return (await buildWhole(options, lock)).manifest;
  } finally {
    await lock.release();
  }
}

/** The same for who has the folder's lock already, and goes on from the build. */
export async function buildWhole(options: BuildOptions, lock: FolderLock): Promise<BuiltStore> {
  const { run, store, declared, onProgress } = options;
  const ordinals = await continueOrdinals(store);
  const { events } = run.source.mapping;
  const details = new DetailsWriter(store, await run.source.estimateCount(events.collection));
  const { blocks, inexact } = await writeBlocks({
    run,
    store,
    declared,
    ordinals,
    details: (event) => details.add(event),
    onProgress,
  });
  const manifest: Manifest = {
    version: STORE_VERSION,
    database: run.source.database,
    mapping: run.source.mapping,
    builtAt: options.now.toISOString(),
    blocks,
    ...(await putIds(store, ordinals)),
    profiles: await putProfiles(run, store),
    details: await details.finish(),
    identities: await putIdentities(run, store),
    properties: [...declared],
    inexact: allInexact(inexact),
  };
  if (run.signal?.aborted === true) throw new WaymarkError('cancelled', 'Building columns was cancelled.');
  await lock.assertHeld();
  await store.writeManifest(manifest);
  await store.sweep(manifest);
  return { manifest, ordinals, inexact };
}

/** The numbering of the last build, so that blocks whose events did not change come out the same. */
async function continueOrdinals(store: FolderStore): Promise<StoreOrdinals> {
  try {
    const last = await store.readManifest();
    if (!last) return { users: new Ordinals(), sessions: new Ordinals() };
    const users = await readLines(store, last.userIds, parseId);
    return {
      users: new Ordinals(users),
      sessions: new Ordinals(await readLines(store, last.sessionIds, parseId)),
    };
  } catch {
    // A store that can't be read is built anew.
    return { users: new Ordinals(), sessions: new Ordinals() };
  }
}

/** What the days of a build say together. */
export function allInexact(days: InexactDays): Record<string, string> {
  return Object.fromEntries([...days.values()].flatMap((columns) => Object.entries(columns)));
}

const toJson = (value: unknown): string => JSON.stringify(value);

export async function putIds(
  store: FolderStore,
  { users, sessions }: StoreOrdinals,
): Promise<Pick<Manifest, 'userIds' | 'sessionIds'>> {
  return {
    userIds: await putTexts(store, 'users', users.texts.map(toJson)),
    sessionIds: await putTexts(store, 'sessions', sessions.texts.map(toJson)),
  };
}

export async function putIdentities(run: SourceRun, store: FolderStore): Promise<StoredFile> {
  const identities = await loadIdentities(run);
  return putTexts(store, 'identities', [...identities.aliases()].map(toJson));
}

/** Profiles keep their stored types, since conditions on users tell a date from its text. */
export async function putProfiles(run: SourceRun, store: FolderStore): Promise<StoredFile> {
  const lines: string[] = [];
  for await (const profile of readProfiles(run)) lines.push(BSON.EJSON.stringify(profile, { relaxed: true }));
  return putTexts(store, 'profiles', lines);
}
