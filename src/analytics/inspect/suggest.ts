import type { Document } from 'mongodb';
import type { Suggestions } from '../../shared/ipc/inspection';
import { accessEventField, accessUserField } from '../mapping/fields';
import { idText, valueText } from '../mapping/storedText';
import { allDocuments } from '../source/source';
import { newestEvents } from './newestEvents';
import { inspectOptions, SUGGEST_LIMIT_MS, type InspectRequest } from './request';

export interface SuggestRequest extends InspectRequest {
  /** Text that a suggestion contains, whatever its case; empty for all. */
  readonly search: string;
  readonly limit: number;
}

type Suggestion = Suggestions['suggestions'][number];

/** Values come from the newest events only; a picker is no report. */
const LOOKED_AT = 200_000;

const optionsOf = (request: InspectRequest) => ({
  ...inspectOptions(request, 'suggest'),
  maxTimeMs: SUGGEST_LIMIT_MS,
});

function cut(found: Suggestion[], limit: number): Suggestions {
  return { suggestions: found.slice(0, limit), complete: found.length <= limit };
}

/** How long the names of all event types are waited for; an index that begins with them tells them at once. */
const NAMES_LIMIT_MS = 1_000;
const MOST_NAMES = 10_000;

/** Every event type there is, where the server tells them quickly; else none. */
async function allTypes(request: InspectRequest): Promise<string[]> {
  const { mapping } = request.source;
  const { path } = accessEventField(mapping, 'eventType');
  if (path === undefined || mapping.events.unwind !== undefined) return [];
  try {
    const rows = await allDocuments(
      request.source.aggregate<Document>(
        mapping.events.collection,
        [{ $group: { _id: `$${path}` } }, { $limit: MOST_NAMES }],
        { ...optionsOf(request), maxTimeMs: NAMES_LIMIT_MS },
      ),
    );
    return rows.flatMap((row) => valueText(row['_id']) ?? []).sort();
  } catch (error) {
    if (request.signal?.aborted === true) throw error;
    return [];
  }
}

/** Event types that contain a text: those of the newest events, most frequent first, then what there is besides. */
export async function suggestEvents(request: SuggestRequest): Promise<Suggestions> {
  const needle = request.search.toLowerCase();
  const [recent, all] = await Promise.all([
    suggestValues({ ...request, field: 'eventType', search: '', limit: MOST_NAMES }),
    allTypes(request),
  ]);
  const known = new Set(recent.suggestions.map(({ value }) => String(value)));
  const rest = all.filter((name) => !known.has(name)).map((value) => ({ value, count: null }));
  const found = [...recent.suggestions, ...rest].filter(({ value }) =>
    String(value).toLowerCase().includes(needle),
  );
  return cut(found, request.limit);
}

const escapeRegex = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

function groupStages(expr: Document | string, search: string, limit: number): Document[] {
  return [
    { $project: { _id: 0, value: expr } },
    { $unwind: '$value' },
    { $match: { value: { $ne: null } } },
    { $group: { _id: '$value', count: { $sum: 1 } } },
    ...(search === ''
      ? []
      : [
          {
            $match: {
              $expr: {
                $regexMatch: {
                  input: { $convert: { input: '$_id', to: 'string', onError: '', onNull: '' } },
                  regex: escapeRegex(search),
                  options: 'i',
                },
              },
            },
          },
        ]),
    { $sort: { count: -1, _id: 1 } },
    { $limit: limit + 1 },
  ];
}

const scalarOf = (value: unknown): string | number | boolean | null =>
  typeof value === 'number' || typeof value === 'boolean' ? value : valueText(value);

/**
 * Values of a field that contain a text, most frequent first, from the newest 200,000 events of the last 90
 * days of data, or for `user.*` from the users.
 */
export async function suggestValues(
  request: SuggestRequest & { readonly field: string },
): Promise<Suggestions> {
  const { source, field, search, limit } = request;
  const { mapping } = source;
  const isUser = field.startsWith('user.');
  const access = isUser
    ? accessUserField(mapping, field.slice('user.'.length))
    : accessEventField(mapping, field);
  if (access.expr === null) return { suggestions: [], complete: true };
  const expr = access.expr as Document | string;
  const stages = groupStages(expr, search, limit);
  const rows = await allDocuments(
    isUser && mapping.users
      ? source.aggregate<Document>(
          mapping.users.collection,
          [{ $limit: LOOKED_AT }, ...stages],
          optionsOf(request),
        )
      : source.aggregate<Document>(
          mapping.events.collection,
          [...(await newestEvents(request, LOOKED_AT, optionsOf(request), access.lookup)), ...stages],
          optionsOf(request),
        ),
  );
  const found = rows.flatMap((row): Suggestion[] => {
    const value = access.isId ? idText(row['_id']) : scalarOf(row['_id']);
    return value === null ? [] : [{ value, count: isUser ? null : Number(row['count']) }];
  });
  return cut(found, limit);
}
