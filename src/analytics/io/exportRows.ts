import type { Document } from 'mongodb';
import { WaymarkError } from '../../shared/errors';
import type { EventLine } from '../../shared/model/event';
import { csvLine, type CsvValue } from '../../shared/reports/csvCells';
import { propertyNamesPipeline } from '../inspect/propertyNames';
import { accessUserField } from '../mapping/fields';
import { idText, plainValue } from '../mapping/storedText';
import { allDocuments, eachDocument, type Source } from '../source/source';
import { EVENT_COLUMNS } from './csvEvents';
import { eventRowsPipeline, toEventLine } from './eventRows';

export const EXPORTS = ['events', 'users', 'sessions'] as const;
export type ExportName = (typeof EXPORTS)[number];
export type ExportFormat = 'ndjson' | 'csv';

/** More properties than this do not get a column each; the rarest share the column `properties`. */
const MAX_PROPERTY_COLUMNS = 500;
/** A whole collection may take its time. */
const EXPORT_LIMIT_MS = 24 * 3_600_000;

export interface ExportRequest {
  readonly source: Source;
  readonly what: ExportName;
  readonly format: ExportFormat;
  readonly signal?: AbortSignal | undefined;
}

type Row = Record<string, unknown>;

const cellOf = (value: unknown): CsvValue => {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return JSON.stringify(value);
};

const optionsOf = ({ what, signal }: ExportRequest) => ({
  comment: `waymark export ${what}`,
  signal,
  maxTimeMs: EXPORT_LIMIT_MS,
});

async function* eventLines(request: ExportRequest): AsyncGenerator<EventLine> {
  const { mapping } = request.source;
  const batches = request.source.aggregate<Document>(
    mapping.events.collection,
    eventRowsPipeline(mapping),
    optionsOf(request),
  );
  for await (const row of eachDocument(batches)) yield toEventLine(row);
}

async function* eventCsv(request: ExportRequest): AsyncGenerator<string> {
  const { mapping } = request.source;
  const found = await allDocuments(
    request.source.aggregate<{ _id: string }>(
      mapping.events.collection,
      propertyNamesPipeline(mapping, MAX_PROPERTY_COLUMNS + 1),
      optionsOf(request),
    ),
  );
  // A dot in a column's name means a step into an object, so a name that holds one has no column.
  const names = found
    .slice(0, MAX_PROPERTY_COLUMNS)
    .map(({ _id }) => _id)
    .filter((name) => !name.includes('.') && name.trim() === name && name !== '')
    .sort();
  const own = new Set(names);
  const hasRest = found.length > names.length;
  yield `${csvLine([...EVENT_COLUMNS, ...names.map((name) => `properties.${name}`), ...(hasRest ? ['properties'] : [])])}\n`;
  for await (const line of eventLines(request)) {
    const { page, properties = {}, ...flat } = line;
    const cells = EVENT_COLUMNS.map((column) =>
      column.startsWith('page.')
        ? cellOf(page?.[column.slice('page.'.length) as keyof typeof page])
        : cellOf(flat[column as keyof typeof flat]),
    );
    const rest = Object.entries(properties).filter(([name]) => !own.has(name));
    yield `${csvLine([
      ...cells,
      ...names.map((name) => cellOf(properties[name])),
      ...(hasRest ? [rest.length === 0 ? '' : JSON.stringify(Object.fromEntries(rest))] : []),
    ])}\n`;
  }
}

const USER_COLUMNS = [
  'userId',
  'name',
  'email',
  'device',
  'country',
  'createdAt',
  'lastActiveAt',
  'traits',
] as const;

async function* userRows(request: ExportRequest): AsyncGenerator<Row> {
  const { mapping } = request.source;
  if (!mapping.users) {
    throw new WaymarkError('badInput', `The mapping "${mapping.name}" names no collection of users.`, {
      path: 'what',
    });
  }
  const projection: Document = { _id: 0 };
  for (const column of USER_COLUMNS) {
    if (column === 'traits') continue;
    const { expr } = accessUserField(mapping, column);
    if (expr !== null) projection[column] = expr;
  }
  const root = mapping.users.fields.traits;
  if (root !== undefined) projection['traits'] = root === '.' ? '$$ROOT' : `$${root}`;
  const batches = request.source.aggregate<Document>(
    mapping.users.collection,
    [{ $project: projection }],
    optionsOf(request),
  );
  for await (const user of eachDocument(batches)) {
    const row: Row = {};
    for (const column of USER_COLUMNS) {
      const value = column === 'userId' ? idText(user[column]) : plainValue(user[column]);
      if (value !== null && value !== undefined) row[column] = value;
    }
    yield row;
  }
}

const SESSION_COLUMNS = [
  '_id',
  'userId',
  'startedAt',
  'endedAt',
  'eventCount',
  'device.type',
  'device.browser',
  'device.os',
  'country',
  'entryPage',
  'exitPage',
] as const;

async function* sessionRows(request: ExportRequest): AsyncGenerator<Row> {
  const { mapping } = request.source;
  if (!mapping.sessions) {
    throw new WaymarkError('badInput', `The mapping "${mapping.name}" names no collection of sessions.`, {
      path: 'what',
    });
  }
  const batches = request.source.find<Document>(mapping.sessions.collection, {}, optionsOf(request));
  for await (const session of eachDocument(batches)) yield plainValue(session) as Row;
}

/** Top-level fields of the sessions of a schema that is not Waymark's own. */
async function sessionColumns(request: ExportRequest): Promise<readonly string[]> {
  const { mapping } = request.source;
  if (mapping.name === 'waymark' || !mapping.sessions) return SESSION_COLUMNS;
  const names = request.source.aggregate<{ _id: string }>(
    mapping.sessions.collection,
    [
      { $project: { _id: 0, name: { $map: { input: { $objectToArray: '$$ROOT' }, in: '$$this.k' } } } },
      { $unwind: '$name' },
      { $group: { _id: '$name' } },
      { $sort: { _id: 1 } },
      { $limit: MAX_PROPERTY_COLUMNS },
    ],
    optionsOf(request),
  );
  return (await allDocuments(names)).map(({ _id }) => _id);
}

function cellAt(row: Row, column: string): CsvValue {
  if (column in row) return cellOf(row[column]);
  return column
    .split('.')
    .reduce<unknown>(
      (value, key) => (value !== null && typeof value === 'object' ? (value as Row)[key] : undefined),
      row,
    ) as CsvValue;
}

async function* asCsv(columns: readonly string[], rows: AsyncIterable<Row>): AsyncGenerator<string> {
  yield `${csvLine(columns)}\n`;
  for await (const row of rows) yield `${csvLine(columns.map((column) => cellAt(row, column)))}\n`;
}

async function* asNdjson(rows: AsyncIterable<object>): AsyncGenerator<string> {
  for await (const row of rows) yield `${JSON.stringify(row)}\n`;
}

/**
 * A collection as lines of text, each with its line end, in the order in which the server stores them; holds
 * one batch of documents at a time. Events come as import lines, also from a schema that is not Waymark's
 * own; those without a user or a readable time are left out, as in every figure.
 * @throws WaymarkError `badInput` when the mapping has no such collection
 */
export async function* exportLines(request: ExportRequest): AsyncGenerator<string> {
  const { what, format } = request;
  if (what === 'events') yield* format === 'csv' ? eventCsv(request) : asNdjson(eventLines(request));
  else {
    const rows = what === 'users' ? userRows(request) : sessionRows(request);
    if (format === 'ndjson') yield* asNdjson(rows);
    else yield* asCsv(what === 'users' ? USER_COLUMNS : await sessionColumns(request), rows);
  }
}
