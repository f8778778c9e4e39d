import type { MappingReport } from '../../shared/ipc/inspection';
import type { Mapping } from '../../shared/model/mapping';
import { MAPPING_PRESETS } from '../../shared/model/presets';
import { eventRowsPipeline } from '../io/eventRows';
import { valueText } from '../mapping/storedText';
import { allDocuments } from '../source/source';
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
/** Events looked at for examples. */
const LOOKED_AT = 50;

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

/** The mapping in force: which field is read from where, with an example of each from the data. */
export async function describeMapping(request: InspectRequest): Promise<MappingReport> {
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
  return {
    name: mapping.name,
    reason: `Events are read from "${mapping.events.collection}" as the mapping "${mapping.name}" says.`,
    fields: fieldSources(mapping).flatMap(([field, from, row]): Field[] =>
      from === undefined ? [] : [{ field, source: from, example: exampleOf(row) }],
    ),
    roles: { pageViews: [...mapping.roles.pageViews], purchases: [...mapping.roles.purchases] },
    presets: Object.keys(MAPPING_PRESETS),
  };
}
