import type { Document } from 'mongodb';
import { WaymarkError } from '../../shared/errors';
import type { IndexReport } from '../../shared/ipc/inspection';
import { COLLECTIONS } from '../../shared/model/collections';
import { INDEXES } from '../../shared/model/indexes';
import type { Mapping } from '../../shared/model/mapping';
import { allDocuments } from '../source/source';
import { inspectOptions, type InspectRequest } from './request';

type Key = Readonly<Record<string, 1 | -1 | 'text'>>;
type Entry = IndexReport['indexes'][number];

/** An index that some kinds of report ask for. */
export interface WantedIndex {
  readonly collection: string;
  readonly key: Key;
  readonly options?: { readonly sparse?: true; readonly expireAfterSeconds?: number };
  readonly reason: string;
}

/** Documents whose key values are measured for the size of an index that does not exist. */
const MEASURED = 1_000;
/** What an index spends on an entry beside the values: record id and structure. */
const ENTRY_OVERHEAD = 10;
/** Neighbouring entries share their beginnings, which the storage engine keeps once. */
const PREFIX_COMPRESSION = 0.5;

/** A stored path of the event itself; undefined for constants and values of other documents. */
function ownPath(source: Mapping['events']['fields']['eventType']): string | undefined {
  return 'path' in source && source.from === 'event' ? source.path : undefined;
}

/** The indexes that the reports ask for, in the terms of a mapping; for Waymark's own schema, the one list. */
export function wantedIndexes(mapping: Mapping): WantedIndex[] {
  if (mapping.name === 'waymark') {
    return INDEXES.map(({ collection, key, sparse, expireAfterSeconds, reason }) => ({
      collection: COLLECTIONS[collection],
      key,
      options: {
        ...(sparse ? { sparse } : {}),
        ...(expireAfterSeconds === undefined ? {} : { expireAfterSeconds }),
      },
      reason,
    }));
  }
  const { collection, unwind, fields } = mapping.events;
  const at = fields.timestamp.path;
  const type = ownPath(fields.eventType);
  // An index over an array cannot answer for its elements, and only a stored date can be grouped as it is.
  const isCovering = type !== undefined && unwind === undefined && fields.timestamp.as === 'date';
  const wanted: WantedIndex[] = [
    isCovering
      ? {
          collection,
          key: {
            [at]: 1,
            [fields.userId]: 1,
            ...(fields.sessionId === undefined ? {} : { [fields.sessionId]: 1 }),
            [type]: 1,
          },
          reason:
            'every report: ranges over all event types; the trailing fields let kpis and trends of users and sessions read only the index',
        }
      : {
          collection,
          key: { [at]: 1 },
          reason: 'every report: ranges over all event types; the newest event',
        },
    {
      collection,
      key: { [fields.userId]: 1, [at]: 1 },
      reason: 'journey: one person’s events; kpis and retention: the first event of each user',
    },
  ];
  if (type !== undefined && unwind === undefined) {
    wanted.push({
      collection,
      key: { [type]: 1, [at]: 1, [fields.userId]: 1 },
      reason: 'funnel, retention and trend of one event: the trailing user id lets them read only the index',
    });
  }
  if (fields.sessionId !== undefined) {
    wanted.push({
      collection,
      key: { [fields.sessionId]: 1, [at]: 1 },
      reason: 'kpis, paths and journey: sessions that cross a range’s edge',
    });
  }
  const { users, identities } = mapping;
  if (users?.fields.email !== undefined) {
    wanted.push({
      collection: users.collection,
      key: { [users.fields.email]: 1 },
      options: { sparse: true },
      reason: 'users: search by e-mail',
    });
  }
  if (users && users.fields.id !== '_id') {
    wanted.push({
      collection: users.collection,
      key: { [users.fields.id]: 1 },
      reason: 'users, journey and filters on user fields: the user of an event',
    });
  }
  if (users?.fields.lastActiveAt) {
    wanted.push({
      collection: users.collection,
      key: { [users.fields.lastActiveAt.path]: -1 },
      reason: 'users: the last active first',
    });
  }
  if (identities) {
    wanted.push({
      collection: identities.collection,
      key: { [identities.canonical]: 1 },
      reason: 'every report: all ids of one person',
    });
  }
  return wanted;
}

/** A key as `createIndex` takes it: `{ userId: 1, timestamp: 1 }`. */
export function showKey(key: Document): string {
  const parts = Object.entries(key).map(([path, direction]) => {
    const name = /^[A-Za-z_][A-Za-z0-9_]*$/.test(path) ? path : JSON.stringify(path);
    return `${name}: ${typeof direction === 'string' ? JSON.stringify(direction) : String(direction)}`;
  });
  return `{ ${parts.join(', ')} }`;
}

/** The line that creates an index, for mongosh. */
export function createIndexLine({ collection, key, options }: WantedIndex): string {
  const target = /^[A-Za-z_][A-Za-z0-9_]*$/.test(collection)
    ? `db.${collection}`
    : `db.getCollection(${JSON.stringify(collection)})`;
  const settings = options && Object.keys(options).length > 0 ? `, ${JSON.stringify(options)}` : '';
  return `${target}.createIndex(${showKey(key)}${settings})`;
}

/** The fields of a text index, which the server lists as weights. */
const textFields = (index: Document): string[] =>
  Object.keys((index['weights'] as Document | undefined) ?? {});

/**
 * Whether an existing index does the work of a wanted one: the same paths lead it, all in the wanted
 * directions or all reversed, and it holds every document.
 */
export function serves(existing: Document, wanted: WantedIndex): boolean {
  const key = existing['key'] as Document;
  const wantedKey = Object.entries(wanted.key);
  if (wantedKey.some(([, direction]) => direction === 'text')) {
    const fields = textFields(existing);
    return wantedKey.every(([path]) => fields.includes(path));
  }
  if (existing['partialFilterExpression'] !== undefined || existing['hidden'] === true) return false;
  if (existing['sparse'] === true && wanted.options?.sparse !== true) return false;
  const held = Object.entries(key);
  const fits = (sign: 1 | -1): boolean =>
    wantedKey.every(([path, direction], position) => {
      const [name, own] = held[position] ?? [];
      return name === path && own === Number(direction) * sign;
    });
  return fits(1) || fits(-1);
}

/** Bytes of each index of a collection; empty when the statistics may not be read. */
async function indexSizes(request: InspectRequest, collection: string): Promise<Document> {
  try {
    const statistics = await request.source.command(
      { collStats: collection },
      inspectOptions(request, 'indexes'),
    );
    return (statistics['indexSizes'] as Document | undefined) ?? {};
  } catch (error) {
    if (error instanceof WaymarkError && (error.code === 'noRight' || error.code === 'internal')) return {};
    throw error;
  }
}

/** About how large an index would be, from the values of some documents. */
async function estimateBytes(request: InspectRequest, wanted: WantedIndex): Promise<number | null> {
  const { source } = request;
  if (Object.values(wanted.key).includes('text')) return null;
  const options = inspectOptions(request, 'indexes');
  const values = Object.keys(wanted.key).map((path, position) => [`v${position}`, `$${path}`] as const);
  const [measured] = await allDocuments(
    source.aggregate<{ mean: number }>(
      wanted.collection,
      [
        { $sample: { size: MEASURED } },
        { $project: { _id: 0, values: Object.fromEntries(values) } },
        { $group: { _id: null, mean: { $avg: { $bsonSize: '$values' } } } },
      ],
      options,
    ),
  );
  if (!measured) return 0;
  const documents = await source.estimateCount(wanted.collection, options);
  // A BSON document spends 5 bytes on itself and 4 on each name of two letters and its type.
  const valueBytes = Math.max(1, measured.mean - 5 - values.length * 4);
  return Math.round(documents * (valueBytes * PREFIX_COMPRESSION + ENTRY_OVERHEAD));
}

/**
 * Which indexes the reports ask for, which of them are there, and what else there is. A missing one comes
 * with the line that creates it and about how large it would be. Nothing is created.
 */
export async function adviseIndexes(request: InspectRequest): Promise<IndexReport> {
  const { source } = request;
  const present = await source.presentCollections();
  const wanted = wantedIndexes(source.mapping).filter(({ collection }) => present.has(collection));
  const indexes: Entry[] = [];
  for (const collection of new Set(wanted.map((index) => index.collection))) {
    request.onProgress?.({ phase: `Indexes of ${collection}` });
    const existing = await source.listIndexes(collection, inspectOptions(request, 'indexes'));
    const sizes = await indexSizes(request, collection);
    const sizeOf = (index: Document): number | null => {
      const size: unknown = sizes[String(index['name'])];
      return typeof size === 'number' ? size : null;
    };
    const used = new Set<Document>();
    for (const want of wanted.filter((index) => index.collection === collection)) {
      const found = existing.find((index) => serves(index, want));
      if (found) used.add(found);
      indexes.push({
        collection,
        key: showKey(want.key),
        state: found ? 'present' : 'advised',
        reason: want.reason,
        bytes: found ? sizeOf(found) : await estimateBytes(request, want),
        command: found ? null : createIndexLine(want),
      });
    }
    for (const index of existing) {
      if (used.has(index) || index['name'] === '_id_') continue;
      const fields = textFields(index);
      const key = fields.length > 0 ? Object.fromEntries(fields.map((name) => [name, 'text'])) : index['key'];
      indexes.push({
        collection,
        key: showKey(key as Document),
        state: 'other',
        reason: null,
        bytes: sizeOf(index),
        command: null,
      });
    }
  }
  return { indexes };
}
