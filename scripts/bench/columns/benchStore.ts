import { assembleBlock } from '../../../src/analytics/columns/format/assembleBlock';
import {
  compareEvents,
  TEXT_FIELDS,
  type ColumnEvent,
} from '../../../src/analytics/columns/format/columnEvent';
import { encodeBlock } from '../../../src/analytics/columns/format/encode';
import { Ordinals } from '../../../src/analytics/columns/format/ordinals';
import type { FolderStore } from '../../../src/analytics/columns/store/folderStore';
import { putTexts } from '../../../src/analytics/columns/store/lines';
import { STORE_VERSION, type Manifest } from '../../../src/analytics/columns/store/manifest';
import { generateSample } from '../../../src/analytics/sample/generate';
import type { EventLine } from '../../../src/shared/model/event';
import { WAYMARK_MAPPING } from '../../../src/shared/model/presets';
import { DAY_MS } from '../../../src/shared/time/units';

/** Blocks of more rows are cut, as a build does. */
const MAX_BLOCK_ROWS = 250_000;
/** The sample's latest events arrive within a day or so. */
const OPEN_DAYS = 3;

function toColumnEvent(line: EventLine): ColumnEvent {
  const { messageId = '', userId, anonymousId, sessionId, timestamp, durationSec, page } = line;
  const text = (field: (typeof TEXT_FIELDS)[number]): string | null => {
    if (field.startsWith('page.')) return page?.[field.slice(5) as 'path'] ?? null;
    return (line as unknown as Record<string, string | undefined>)[field] ?? null;
  };
  return {
    id: messageId,
    at: Number(new Date(timestamp)),
    // The other engines know no aliases: a person is known by the anonymous id throughout.
    userId: anonymousId ?? userId ?? '',
    sessionId: sessionId ?? null,
    durationSec: durationSec ?? null,
    texts: Object.fromEntries(TEXT_FIELDS.map((field) => [field, text(field)])),
    properties: {},
  };
}

/** Writes the sample shop as column blocks into a folder, day by day; memory does not grow with the events. */
export async function writeBenchStore(store: FolderStore, amount: number, endAt: number): Promise<Manifest> {
  await store.create();
  const ordinals = { users: new Ordinals(), sessions: new Ordinals() };
  const open = new Map<number, Map<string, ColumnEvent>>();
  const blocks: Manifest['blocks'] = [];
  const flush = async (day: number): Promise<void> => {
    const events = [...(open.get(day)?.values() ?? [])].sort(compareEvents);
    open.delete(day);
    for (let first = 0; first < events.length; first += MAX_BLOCK_ROWS) {
      const rows = events.slice(first, first + MAX_BLOCK_ROWS);
      const bytes = await encodeBlock(assembleBlock(day, rows, ordinals, []));
      const file = await store.put('block', 'arrow.gz', bytes, rows.length);
      blocks.push({ ...file, start: day, end: (rows[rows.length - 1]?.at ?? day) + 1 });
    }
  };
  for (const line of generateSample({ seed: 1, events: amount, endAt })) {
    const event = toColumnEvent(line);
    const day = Math.floor(event.at / DAY_MS) * DAY_MS;
    const events = open.get(day) ?? new Map<string, ColumnEvent>();
    if (events.size === 0) {
      open.set(day, events);
      for (const old of [...open.keys()].sort((a, b) => a - b))
        if (old < day - OPEN_DAYS * DAY_MS) await flush(old);
    }
    events.set(event.id, event);
  }
  for (const day of [...open.keys()].sort((a, b) => a - b)) await flush(day);
  const json = (text: string | null): string => JSON.stringify(text);
  const manifest: Manifest = {
    version: STORE_VERSION,
    database: 'bench',
    mapping: WAYMARK_MAPPING,
    builtAt: new Date(endAt).toISOString(),
    blocks,
    userIds: await putTexts(store, 'users', ordinals.users.texts.map(json)),
    sessionIds: await putTexts(store, 'sessions', ordinals.sessions.texts.map(json)),
    profiles: await putTexts(store, 'profiles', []),
    identities: await putTexts(store, 'identities', []),
    properties: [],
    inexact: {},
  };
  await store.writeManifest(manifest);
  return manifest;
}
