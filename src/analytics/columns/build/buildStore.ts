import { BSON } from 'mongodb';
import { WaymarkError } from '../../../shared/errors';
import { DAY_MS } from '../../../shared/time/units';
import { loadIdentities } from '../../identity/identityMap';
import type { SourceRun } from '../../source/sourceRun';
import { assembleBlock, type StoreOrdinals } from '../format/assembleBlock';
import type { ColumnEvent, PropertyColumn } from '../format/columnEvent';
import { encodeBlock } from '../format/encode';
import { Ordinals } from '../format/ordinals';
import { DetailsWriter } from '../journeys/detailsWriter';
import type { FolderStore } from '../store/folderStore';
import { parseId, putTexts, readLines } from '../store/lines';
import { STORE_VERSION, type Manifest, type StoredFile } from '../store/manifest';
import { readEvents, readProfiles, type Inexact } from './readEvents';

/** A day with more events becomes several blocks, so that memory is bounded by a block and not by the day. */
export const MAX_BLOCK_ROWS = 250_000;

export interface BuildOptions {
  readonly run: SourceRun;
  readonly store: FolderStore;
  readonly declared: readonly PropertyColumn[];
  readonly now: Date;
  readonly onProgress?: (events: number) => void;
}

/**
 * Builds the column blocks of a database into a folder, with reading rights alone. The folder's last build
 * stays readable until the new one is complete; blocks that did not change are kept.
 * @returns the manifest that was published
 * @throws WaymarkError of the source; `cancelled`
 */
export async function buildStore(options: BuildOptions): Promise<Manifest> {
  const { run, store, declared } = options;
  await store.create();
  const ordinals = await continueOrdinals(store);
  const inexact: Inexact = new Map();
  const { events } = run.source.mapping;
  const details = new DetailsWriter(store, await run.source.estimateCount(events.collection));
  const blocks = await writeBlocks(options, ordinals, inexact, details);
  const identities = await loadIdentities(run);
  const manifest: Manifest = {
    version: STORE_VERSION,
    database: run.source.database,
    mapping: run.source.mapping,
    builtAt: options.now.toISOString(),
    blocks,
    userIds: await putTexts(store, 'users', ordinals.users.texts.map(toJson)),
    sessionIds: await putTexts(store, 'sessions', ordinals.sessions.texts.map(toJson)),
    profiles: await putProfiles(run, store),
    details: await details.finish(),
    identities: await putTexts(store, 'identities', [...identities.aliases()].map(toJson)),
    properties: [...declared],
    inexact: Object.fromEntries(inexact),
  };
  if (run.signal?.aborted === true) throw new WaymarkError('cancelled', 'Building columns was cancelled.');
  await store.writeManifest(manifest);
  await store.sweep(manifest);
  return manifest;
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

async function writeBlocks(
  { run, store, declared, onProgress }: BuildOptions,
  ordinals: StoreOrdinals,
  inexact: Inexact,
  details: DetailsWriter,
): Promise<Manifest['blocks']> {
  const blocks: Manifest['blocks'] = [];
  let events: ColumnEvent[] = [];
  let total = 0;
  const flush = async (): Promise<void> => {
    const [first, last] = [events[0], events[events.length - 1]];
    if (!first || !last) return;
    const start = dayOf(first.at);
    const block = assembleBlock(start, events, ordinals, declared);
    const file = await store.put('block', 'arrow.gz', await encodeBlock(block), block.rows);
    blocks.push({ ...file, start, end: last.at + 1 });
    total += events.length;
    events = [];
    onProgress?.(total);
  };
  for await (const event of readEvents(run, declared, inexact, {
    details: (one) => details.add(one),
  })) {
    const first = events[0];
    if (first && (dayOf(first.at) !== dayOf(event.at) || events.length >= MAX_BLOCK_ROWS)) await flush();
    events.push(event);
  }
  await flush();
  return blocks;
}

const toJson = (value: unknown): string => JSON.stringify(value);

const dayOf = (at: number): number => Math.floor(at / DAY_MS) * DAY_MS;

/** Profiles keep their stored types, since conditions on users tell a date from its text. */
async function putProfiles(run: SourceRun, store: FolderStore): Promise<StoredFile> {
  const lines: string[] = [];
  for await (const profile of readProfiles(run)) lines.push(BSON.EJSON.stringify(profile, { relaxed: true }));
  return putTexts(store, 'profiles', lines);
}
