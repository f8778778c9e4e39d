import { gunzipSync } from 'node:zlib';
import { BSON } from 'mongodb';
import { WaymarkError } from '../../../shared/errors';
import { compareCodePoints } from '../../kernels/numbers';
import { idText } from '../../mapping/storedText';
import type { FolderStore } from '../store/folderStore';
import type { StoredFile } from '../store/manifest';
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

/**
 * Every event of one person, in order of (time, id).
 * @param files of the store's details, by partition
 * @param userIds all ids of the person
 * @throws WaymarkError `badInput` when a file is missing or damaged
 */
export async function readPersonEvents(
  store: FolderStore,
  files: readonly StoredFile[],
  userIds: readonly string[],
): Promise<EventDetails[]> {
  const wanted = new Set(userIds);
  const partitions = new Set(userIds.map((id) => partitionOf(id, files.length)));
  // Only the lines that name one of the ids are parsed.
  const needles = userIds.map((id) => `"user":${JSON.stringify(id)}`);
  const events: EventDetails[] = [];
  for (const partition of partitions) {
    const file = files[partition];
    if (!file) continue;
    for (const line of gunzipSync(await store.get(file))
      .toString('utf8')
      .split('\n')) {
      if (!needles.some((needle) => line.includes(needle))) continue;
      const event = parseLine(line);
      if (wanted.has(event.user)) events.push(event);
    }
  }
  return events.sort(compareDetails);
}

/** Every event of a store, whole, in no particular order; one file in memory at a time. */
export async function* readAllEvents(
  store: FolderStore,
  files: readonly StoredFile[],
): AsyncGenerator<EventDetails> {
  for (const file of files) {
    for (const line of gunzipSync(await store.get(file))
      .toString('utf8')
      .split('\n')) {
      if (line !== '') yield parseLine(line);
    }
  }
}
