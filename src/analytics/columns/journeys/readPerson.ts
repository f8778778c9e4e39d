import { gunzipSync } from 'node:zlib';
import { BSON } from 'mongodb';
import { WaymarkError } from '../../../shared/errors';
import { compareCodePoints } from '../../kernels/numbers';
import { idText } from '../../mapping/storedText';
import type { FolderStore } from '../store/folderStore';
import { DAY_MS } from '../../../shared/time/units';
import type { Manifest, StoredFile } from '../store/manifest';
import { detailsLineSchema, partitionOf, type EventDetails } from './details';

function parseLine(line: string): EventDetails {
  const parsed = detailsLineSchema.safeParse(BSON.EJSON.parse(line, { relaxed: true }));
  if (!parsed.success) throw new WaymarkError('badInput', 'The store holds an event that can’t be read.');
  return { id: null, type: null, ...parsed.data };
}

/** Order of one person's events: by time, then by id. */
function compareDetails(a: EventDetails, b: EventDetails): number {
  return a.at - b.at || compareCodePoints(idText(a.id) ?? '', idText(b.id) ?? '');
}

/** Where a store keeps its events whole: by partition of user ids, and apart the days that were built again since. */
export interface StoredDetails {
  readonly partitions: readonly StoredFile[];
  readonly days: NonNullable<Manifest['detailsOfDays']>;
}

/** @throws WaymarkError `badInput` for a store that was built without them; `holds` says what for */
export function detailsOf(store: FolderStore, manifest: Manifest, holds: string): StoredDetails {
  const { details, detailsOfDays = [] } = manifest;
  if (details) return { partitions: details, days: detailsOfDays };
  throw new WaymarkError('badInput', `${store.folder} holds no ${holds}; build it anew.`);
}

/** The events of some partitions and of all days that lie apart; each line that `isWanted` lets pass is parsed. */
async function* readLines(
  store: FolderStore,
  partitions: readonly StoredFile[],
  days: StoredDetails['days'],
  isWanted: (line: string) => boolean,
): AsyncGenerator<EventDetails> {
  const apart = new Set(days.map(({ start }) => start));
  for (const file of [...partitions, ...days]) {
    const isDay = 'start' in file;
    for (const line of gunzipSync(await store.get(file))
      .toString('utf8')
      .split('\n')) {
      if (line === '' || !isWanted(line)) continue;
      const event = parseLine(line);
      if (isDay || !apart.has(Math.floor(event.at / DAY_MS) * DAY_MS)) yield event;
    }
  }
}

/**
 * Every event of one person, in order of (time, id).
 * @param userIds all ids of the person
 * @throws WaymarkError `badInput` when a file is missing or damaged
 */
export async function readPersonEvents(
  store: FolderStore,
  { partitions, days }: StoredDetails,
  userIds: readonly string[],
): Promise<EventDetails[]> {
  const wanted = new Set(userIds);
  const numbers = new Set(userIds.map((id) => partitionOf(id, partitions.length)));
  const files = partitions.filter((_, number) => numbers.has(number));
  const needles = userIds.map((id) => `"user":${JSON.stringify(id)}`);
  const events: EventDetails[] = [];
  const isNamed = (line: string): boolean => needles.some((needle) => line.includes(needle));
  for await (const event of readLines(store, files, days, isNamed)) {
    if (wanted.has(event.user)) events.push(event);
  }
  return events.sort(compareDetails);
}

/** Every event of a store, whole, in no particular order; one file in memory at a time. */
export function readAllEvents(
  store: FolderStore,
  { partitions, days }: StoredDetails,
): AsyncGenerator<EventDetails> {
  return readLines(store, partitions, days, () => true);
}
