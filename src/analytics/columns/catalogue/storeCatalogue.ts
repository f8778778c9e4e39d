import type { Document } from 'mongodb';
import type { EventCatalogue, PropertyCatalogue, Suggestions } from '../../../shared/ipc/inspection';
import type { Mapping } from '../../../shared/model/mapping';
import { valueText } from '../../mapping/storedText';
import { compareCodePoints } from '../../kernels/numbers';
import type { EventDetails } from '../journeys/details';
import { fieldOf } from '../journeys/testEvent';
import { userField } from '../scan/userField';

/** What a store's catalogue is made from. */
export interface CatalogueSource {
  readonly mapping: Mapping;
  events(): AsyncIterable<EventDetails>;
  /** User documents by canonical id. */
  profiles(): Promise<ReadonlyMap<string, Document>>;
}

const MAX_EXAMPLE = 80;
const EXAMPLES = 4;

const typeOf = (value: unknown): string => {
  if (Array.isArray(value)) return 'list';
  if (value instanceof Date) return 'date';
  return typeof value === 'string' ? 'text' : typeof value;
};

const byCount = (a: { count: number; name: string }, b: { count: number; name: string }): number =>
  b.count - a.count || compareCodePoints(a.name, b.name);

interface StoredType {
  readonly name: string;
  count: number;
  first: number;
  last: number;
  readonly properties: Map<string, Property>;
}

interface Property {
  readonly name: string;
  count: number;
  readonly types: Set<string>;
  readonly examples: Set<string>;
}

interface StoredValue {
  readonly name: string;
  readonly value: string | number | boolean;
  count: number;
}
type Values = Map<string, StoredValue>;

/** What one reading of every event gives: types, properties, and the values of fields that are often asked for. */
interface Tally {
  readonly types: Map<string, StoredType>;
  readonly properties: Map<string, Property>;
  readonly values: Map<string, Values>;
}

const OFTEN_ASKED = ['eventType', 'device', 'country', 'browser', 'os', 'page.path'] as const;

function noteProperty(properties: Map<string, Property>, name: string, value: unknown): void {
  const known = properties.get(name) ?? { name, count: 0, types: new Set(), examples: new Set() };
  properties.set(name, known);
  if (value === null || value === undefined) return;
  known.count += 1;
  known.types.add(typeOf(value));
  if (known.examples.size >= EXAMPLES) return;
  const text = valueText(value) ?? '';
  if (text !== '')
    known.examples.add(text.length > MAX_EXAMPLE ? `${text.slice(0, MAX_EXAMPLE - 1)}…` : text);
}

function noteValue(values: Values, value: unknown): void {
  const name = valueText(value);
  if (name === null) return;
  const isPlain = typeof value === 'number' || typeof value === 'boolean';
  const known = values.get(name) ?? { name, value: isPlain ? value : name, count: 0 };
  known.count += 1;
  values.set(name, known);
}

async function tally(source: CatalogueSource): Promise<Tally> {
  const types: Tally['types'] = new Map();
  const properties: Tally['properties'] = new Map();
  const values: Tally['values'] = new Map(OFTEN_ASKED.map((field) => [field, new Map()]));
  for await (const event of source.events()) {
    const { type, at, properties: own } = event;
    const name = valueText(type) ?? '(none)';
    const known = types.get(name) ?? { name, count: 0, first: at, last: at, properties: new Map() };
    known.count += 1;
    known.first = Math.min(known.first, at);
    known.last = Math.max(known.last, at);
    types.set(name, known);
    for (const [field, counted] of values) noteValue(counted, fieldOf(event, field));
    if (own === null || typeof own !== 'object') continue;
    for (const [property, value] of Object.entries(own)) {
      noteProperty(properties, property, value);
      noteProperty(known.properties, property, value);
    }
  }
  return { types, properties, values };
}

/** What was worked out of a source: it does not change, and reading every event takes its time. */
const worked = new WeakMap<CatalogueSource, Map<string, Promise<unknown>>>();

function once<T>(source: CatalogueSource, key: string, work: () => Promise<T>): Promise<T> {
  const known = worked.get(source) ?? new Map<string, Promise<unknown>>();
  worked.set(source, known);
  const value = known.get(key) ?? work();
  known.set(key, value);
  value.catch(() => known.delete(key));
  // A key stands for one kind of value.
  return value as Promise<T>;
}

const tallied = (source: CatalogueSource): Promise<Tally> => once(source, 'tally', () => tally(source));

/** All event types of a store, most frequent first, with the instants they were first and last seen. */
export async function catalogueStoredEvents(source: CatalogueSource): Promise<EventCatalogue> {
  const { types } = await tallied(source);
  return {
    events: [...types.values()].sort(byCount).map(({ name, count, first, last }) => ({
      event: name,
      count,
      firstSeen: new Date(first).toISOString(),
      lastSeen: new Date(last).toISOString(),
    })),
  };
}

/** The properties of a store's events, or of those of one type: types, share of the events that have it, examples. */
export async function catalogueStoredProperties(
  source: CatalogueSource,
  event: string | undefined,
): Promise<PropertyCatalogue> {
  const { types, properties } = await tallied(source);
  const sampled =
    event === undefined
      ? [...types.values()].reduce((sum, { count }) => sum + count, 0)
      : (types.get(event)?.count ?? 0);
  const own =
    event === undefined ? properties : (types.get(event)?.properties ?? new Map<string, Property>());
  return {
    sampled,
    properties: [...own.values()].sort(byCount).map(({ name, count, types: found, examples }) => ({
      field: `properties.${name}`,
      types: found.size === 0 ? ['null'] : [...found].sort(),
      share: sampled === 0 ? 0 : count / sampled,
      examples: [...examples],
    })),
  };
}

/** Every value of a field, most frequent first; `user.*` from the profiles. */
async function readValues(source: CatalogueSource, field: string): Promise<readonly StoredValue[]> {
  const values: Values = (await tallied(source)).values.get(field) ?? new Map();
  if (field.startsWith('user.')) {
    for (const [userId, document] of await source.profiles()) {
      noteValue(values, userField(source, userId, document, field.slice('user.'.length)));
    }
  } else if (values.size === 0) {
    for await (const event of source.events()) noteValue(values, fieldOf(event, field));
  }
  return [...values.values()].sort(byCount);
}

/** Values of a field that contain a text, whatever its case, most frequent first; `user.*` from the profiles. */
export async function suggestStoredValues(
  source: CatalogueSource,
  { field, search, limit }: { field: string; search: string; limit: number },
): Promise<Suggestions> {
  const values = await once(source, `values ${field}`, () => readValues(source, field));
  const needle = search.toLowerCase();
  const found = values.filter(({ name }) => name.toLowerCase().includes(needle));
  const isUser = field.startsWith('user.');
  return {
    suggestions: found.slice(0, limit).map(({ value, count }) => ({ value, count: isUser ? null : count })),
    complete: found.length <= limit,
  };
}

/** Event types that contain a text, whatever its case, most frequent first. */
export async function suggestStoredEvents(
  source: CatalogueSource,
  { search, limit }: { search: string; limit: number },
): Promise<Suggestions> {
  const { events } = await catalogueStoredEvents(source);
  const found = events.filter(({ event }) => event.toLowerCase().includes(search.toLowerCase()));
  return {
    suggestions: found.slice(0, limit).map(({ event, count }) => ({ value: event, count })),
    complete: found.length <= limit,
  };
}
