import type { MappingReport } from '../../shared/ipc/inspection';
import type { Mapping } from '../../shared/model/mapping';
import { WaymarkError } from '../../shared/errors';
import { COLLECTIONS } from '../../shared/model/collections';
import { MAPPING_PRESETS } from '../../shared/model/presets';
import { eventRowsPipeline } from '../io/eventRows';
import { idText, valueText } from '../mapping/storedText';
import type { Document } from 'mongodb';
import { allDocuments, type Source as EventSource } from '../source/source';
import { guessMapping, type MappingGuess } from './guessMapping';
import { inspectOptions, type InspectRequest } from './request';

type Field = MappingReport['fields'][number];
type Source =
  | {
      readonly path: string;
      readonly from?: 'event' | 'session' | 'user';
      readonly as?: string;
      readonly unit?: string;
    }
  | { readonly constant: string | number | boolean };

const MAX_EXAMPLE = 80;
/** Events looked at for examples, and how many of them are shown. */
const LOOKED_AT = 50;
const PREVIEWED = 8;

/** Collections that Waymark itself keeps beside the events; they can be large and are never mapped. */
const OWN_CACHES: readonly string[] = [
  COLLECTIONS.columnBlocks,
  COLLECTIONS.columnBuckets,
  COLLECTIONS.deadLetters,
  COLLECTIONS.personMessages,
];

const mappableCollections = async (source: EventSource): Promise<string[]> =>
  [...(await source.presentCollections())].filter((name) => !OWN_CACHES.includes(name)).sort();

/** Where a field is read from, in words. */
function showSource(source: string | Source | undefined): string | undefined {
  if (source === undefined || typeof source === 'string') return source;
  if ('constant' in source) return `always ${JSON.stringify(source.constant)}`;
  const place =
    source.from === undefined || source.from === 'event' ? source.path : `${source.from}.${source.path}`;
  const manner = source.as === 'date' || source.as === 'text' ? undefined : (source.as ?? source.unit);
  return manner === undefined || manner === 'seconds' ? place : `${place} (${manner})`;
}

/** Each of Waymark's fields with where a mapping reads it and the key under which a row holds it. */
function fieldSources(
  mapping: Mapping,
): (readonly [field: string, source: string | undefined, row: string])[] {
  const { fields } = mapping.events;
  return [
    ['id', fields.id, 'id'],
    ['userId', fields.userId, 'userId'],
    ['anonymousId', fields.anonymousId, 'anonymousId'],
    ['sessionId', fields.sessionId, 'sessionId'],
    ['eventType', showSource(fields.eventType), 'eventType'],
    ['timestamp', showSource(fields.timestamp), 'timestamp'],
    ['durationSec', showSource(fields.durationSec), 'durationSec'],
    ['device', showSource(fields.device), 'device'],
    ['browser', showSource(fields.browser), 'browser'],
    ['os', showSource(fields.os), 'os'],
    ['country', showSource(fields.country), 'country'],
    ['page.url', showSource(fields.page.url), 'page_url'],
    ['page.path', showSource(fields.page.path), 'page_path'],
    ['page.title', showSource(fields.page.title), 'page_title'],
    ['page.referrer', showSource(fields.page.referrer), 'page_referrer'],
    ['properties', fields.properties === '.' ? 'the whole event' : fields.properties, 'properties'],
  ];
}

/** Collections and documents of each that a guess is made from. */
const SAMPLED_COLLECTIONS = 30;
const SAMPLED_DOCUMENTS = 200;

/**
 * Guesses the mapping of a database from a random sample of each of its collections.
 * @throws WaymarkError `noCollections` when nothing in it looks like events
 */
export async function guessMappingOf(request: InspectRequest): Promise<MappingGuess> {
  const { source } = request;
  const samples = new Map<string, Document[]>();
  for (const collection of (await mappableCollections(source)).slice(0, SAMPLED_COLLECTIONS)) {
    const pipeline = [{ $sample: { size: SAMPLED_DOCUMENTS } }];
    const options = inspectOptions(request, 'mapping');
    samples.set(collection, await allDocuments(source.aggregate(collection, pipeline, options)));
  }
  const guess = guessMapping(samples);
  if (guess) return guess;
  throw new WaymarkError(
    'noCollections',
    `Nothing in "${source.database}" looks like events: no collection has a user, a type and a time in each document. Write a mapping file that says where they are.`,
  );
}

/**
 * A mapping in words: which field is read from where, with an example of each from the data.
 * @param reason why this mapping; that it was named unless given
 */
export async function describeMapping(request: InspectRequest, reason?: string): Promise<MappingReport> {
  const { source } = request;
  const { mapping } = source;
  const rows = await allDocuments(
    source.aggregate<Record<string, unknown>>(
      mapping.events.collection,
      [{ $limit: LOOKED_AT }, ...eventRowsPipeline(mapping)],
      inspectOptions(request, 'mapping'),
    ),
  );
  const exampleOf = (key: string): string | null => {
    for (const row of rows) {
      const text = valueText(row[key]);
      if (text === null || text === '' || text === '{}') continue;
      return text.length > MAX_EXAMPLE ? `${text.slice(0, MAX_EXAMPLE - 1)}…` : text;
    }
    return null;
  };
  const isKnown = (row: Record<string, unknown>, key: string): boolean => {
    const text = valueText(row[key]);
    return text !== null && text !== '' && text !== '{}';
  };
  return {
    name: mapping.name,
    reason:
      reason ?? `Events are read from "${mapping.events.collection}" as the mapping "${mapping.name}" says.`,
    fields: fieldSources(mapping).flatMap(([field, from, row]): Field[] =>
      from === undefined
        ? []
        : [
            {
              field,
              source: from,
              example: exampleOf(row),
              share: rows.length === 0 ? 0 : rows.filter((found) => isKnown(found, row)).length / rows.length,
            },
          ],
    ),
    preview: rows.slice(0, PREVIEWED).map((row) => ({
      at: row['timestamp'] instanceof Date ? row['timestamp'].toISOString() : null,
      type: valueText(row['eventType']),
      userId: idText(row['userId']),
      sessionId: idText(row['sessionId']),
      page: valueText(row['page_path']),
    })),
    mapping,
    collections: await mappableCollections(source),
    roles: { pageViews: [...mapping.roles.pageViews], purchases: [...mapping.roles.purchases] },
    presets: Object.keys(MAPPING_PRESETS),
  };
}

/**
 * The mapping that the data themselves suggest, in words.
 * @throws WaymarkError `noCollections` when nothing looks like events
 */
export async function describeGuess(request: InspectRequest): Promise<MappingReport> {
  const { mapping, reason } = await guessMappingOf(request);
  return describeMapping({ ...request, source: request.source.withMapping(mapping) }, reason);
}
