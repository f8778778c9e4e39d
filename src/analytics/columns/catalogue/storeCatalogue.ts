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

/** All event types of a store, most frequent first, with the instants they were first and last seen. */
export async function catalogueStoredEvents(source: CatalogueSource): Promise<EventCatalogue> {
  const types = new Map<string, { name: string; count: number; first: number; last: number }>();
  for await (const { type, at } of source.events()) {
    const name = valueText(type) ?? '(none)';
    const known = types.get(name) ?? { name, count: 0, first: at, last: at };
    known.count += 1;
    known.first = Math.min(known.first, at);
    known.last = Math.max(known.last, at);
    types.set(name, known);
  }
  return {
    events: [...types.values()].sort(byCount).map(({ name, count, first, last }) => ({
      event: name,
      count,
      firstSeen: new Date(first).toISOString(),
      lastSeen: new Date(last).toISOString(),
    })),
  };
}

interface Property {
  readonly name: string;
  count: number;
  readonly types: Set<string>;
  readonly examples: Set<string>;
}

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

/** The properties of a store's events, or of those of one type: types, share of the events that have it, examples. */
export async function catalogueStoredProperties(
  source: CatalogueSource,
  event: string | undefined,
): Promise<PropertyCatalogue> {
  const properties = new Map<string, Property>();
  let sampled = 0;
  for await (const { type, properties: own } of source.events()) {
    if (event !== undefined && valueText(type) !== event) continue;
    sampled += 1;
    if (own === null || typeof own !== 'object') continue;
    for (const [name, value] of Object.entries(own)) noteProperty(properties, name, value);
  }
  return {
    sampled,
    properties: [...properties.values()].sort(byCount).map(({ name, count, types, examples }) => ({
      field: `properties.${name}`,
      types: types.size === 0 ? ['null'] : [...types].sort(),
      share: sampled === 0 ? 0 : count / sampled,
      examples: [...examples],
    })),
  };
}

/** Values of a field that contain a text, whatever its case, most frequent first; `user.*` from the profiles. */
export async function suggestStoredValues(
  source: CatalogueSource,
  { field, search, limit }: { field: string; search: string; limit: number },
): Promise<Suggestions> {
  const counts = new Map<string, { name: string; value: string | number | boolean; count: number }>();
  const note = (value: unknown): void => {
    const name = valueText(value);
    if (name === null || !name.toLowerCase().includes(search.toLowerCase())) return;
    const isPlain = typeof value === 'number' || typeof value === 'boolean';
    const known = counts.get(name) ?? { name, value: isPlain ? value : name, count: 0 };
    known.count += 1;
    counts.set(name, known);
  };
  const isUser = field.startsWith('user.');
  if (isUser) {
    for (const [userId, document] of await source.profiles()) {
      note(userField(source, userId, document, field.slice('user.'.length)));
    }
  } else {
    for await (const event of source.events()) note(fieldOf(event, field));
  }
  const found = [...counts.values()].sort(byCount);
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
