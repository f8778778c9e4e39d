import type { Document } from 'mongodb';
import type { PropertyCatalogue } from '../../shared/ipc/inspection';
import type { Mapping } from '../../shared/model/mapping';
import { compileEvent } from '../filters/predicates';
import { IdentityMap } from '../identity/identityMap';
import { selectEvents } from '../mapping/selection';
import { valueText } from '../mapping/storedText';
import { allDocuments, type CallOptions } from '../source/source';
import { newestEvents } from './newestEvents';
import { propertiesExpr } from './propertyNames';
import { inspectOptions, SUGGEST_LIMIT_MS, type InspectRequest } from './request';

/** Fields told at each depth; the most frequent ones. */
const MAX_FIELDS = 2_000;
/** How deep objects inside properties are entered. */
const MAX_DEPTH = 3;
const MAX_EXAMPLE = 80;
const NEWEST = 20_000;

/** What a stored type is called to people; one word for all kinds of numbers. */
const TYPE_NAMES: Readonly<Record<string, string>> = {
  double: 'number',
  int: 'number',
  long: 'number',
  decimal: 'number',
  string: 'text',
  bool: 'boolean',
  objectId: 'id',
  array: 'list',
};

interface TypeRow {
  readonly name: string;
  readonly type: string;
  readonly count: number;
  readonly examples: readonly unknown[];
}

const shorten = (text: string): string =>
  text.length > MAX_EXAMPLE ? `${text.slice(0, MAX_EXAMPLE - 1)}…` : text;

/** `name` and all below it: the members of an object as [{ k, v }], empty for anything else. */
const membersOf = (object: Document | string): Document => ({
  $cond: [{ $eq: [{ $type: object }, 'object'] }, { $objectToArray: object }, []],
});

/** A member of an object by its name, also a name that a path cannot hold. */
const memberAt = (object: Document, names: readonly string[]): Document =>
  names.reduce<Document>((input, name) => ({ $getField: { field: { $literal: name }, input } }), object);

/** Name, type, count and examples of the members of some objects, over all events. */
function typesPipeline(
  mapping: Mapping,
  head: readonly Document[],
  parents: readonly string[][],
): Document[] {
  const root = propertiesExpr(mapping);
  const lists = parents.map((parent) => {
    const members = membersOf(memberAt(root, parent));
    if (parent.length === 0) return members;
    const prefix = { $literal: `${parent.join('.')}.` };
    return {
      $map: { input: members, in: { k: { $concat: [prefix, '$$this.k'] }, v: '$$this.v' } },
    };
  });
  return [
    ...head,
    { $project: { _id: 0, member: lists.length === 1 ? lists[0] : { $concatArrays: lists } } },
    { $unwind: '$member' },
    {
      $group: {
        _id: { name: '$member.k', type: { $type: '$member.v' } },
        count: { $sum: 1 },
        first: { $first: '$member.v' },
        least: { $min: '$member.v' },
        most: { $max: '$member.v' },
      },
    },
    { $sort: { count: -1, '_id.name': 1 } },
    { $limit: MAX_FIELDS },
    {
      $project: {
        _id: 0,
        name: '$_id.name',
        type: '$_id.type',
        count: 1,
        examples: ['$first', '$least', '$most'],
      },
    },
  ];
}

/** One property of the events with all that was counted of it. */
export interface PropertyDetail {
  /** Below `properties`, dotted for members of objects. */
  readonly name: string;
  /** Events by type of the value; without those in which it is null. */
  readonly types: ReadonlyMap<string, number>;
  /** Events in which it has a value. */
  readonly count: number;
  readonly examples: readonly string[];
}

export interface PropertiesRequest extends InspectRequest {
  /** Only those of events of one type. */
  readonly event?: string | undefined;
}

interface ScannedProperties {
  readonly events: number;
  readonly properties: readonly PropertyDetail[];
}

/**
 * Every property of the events, counted over the whole collection on the server: what comes back, and what
 * is kept, is bounded by the number of names. Objects inside properties are entered three levels deep.
 */
export async function scanProperties(request: PropertiesRequest): Promise<ScannedProperties> {
  const { mapping } = request.source;
  const predicate =
    request.event === undefined
      ? undefined
      : compileEvent(request.event, { mapping, identities: new IdentityMap(), sets: new Map() });
  const head = selectEvents(mapping, {
    ...(predicate ? { matches: [predicate.match], lookups: predicate.lookups } : {}),
  });
  return scanMembers(request, head, inspectOptions(request, 'properties'));
}

/** The properties of the events that a pipeline begins with. */
async function scanMembers(
  { source, onProgress }: InspectRequest,
  head: readonly Document[],
  options: CallOptions,
): Promise<ScannedProperties> {
  const { mapping } = source;
  const { collection } = mapping.events;
  const [counted] = await allDocuments(
    source.aggregate<{ count: number }>(collection, [...head, { $count: 'count' }], options),
  );
  const rows: TypeRow[] = [];
  let parents: string[][] = [[]];
  for (let depth = 1; depth <= MAX_DEPTH && parents.length > 0; depth += 1) {
    onProgress?.({ phase: 'Looking at properties', done: depth - 1, total: MAX_DEPTH });
    const found = await allDocuments(
      source.aggregate<TypeRow>(collection, typesPipeline(mapping, head, parents), options),
    );
    rows.push(...found);
    // A name with a dot cannot be told from a path, so what lies below it is not entered.
    parents = found
      .filter(({ type, name }) => type === 'object' && name.split('.').length === depth)
      .map(({ name }) => name.split('.'));
  }
  return { events: counted?.count ?? 0, properties: foldTypes(rows) };
}

function foldTypes(rows: readonly TypeRow[]): PropertyDetail[] {
  const byName = new Map<string, { types: Map<string, number>; count: number; examples: Set<string> }>();
  for (const { name, type, count, examples } of rows) {
    const entry = byName.get(name) ?? { types: new Map<string, number>(), count: 0, examples: new Set() };
    byName.set(name, entry);
    if (type === 'null' || type === 'undefined') continue;
    const shown = TYPE_NAMES[type] ?? type;
    entry.count += count;
    entry.types.set(shown, (entry.types.get(shown) ?? 0) + count);
    for (const example of examples) {
      const text = valueText(example);
      if (text !== null && text !== '') entry.examples.add(shorten(text));
    }
  }
  return [...byName].map(([name, { types, count, examples }]) => ({
    name,
    types,
    count,
    examples: [...examples].slice(0, 4),
  }));
}

const toCatalogue = ({ events, properties }: ScannedProperties): PropertyCatalogue => ({
  sampled: events,
  properties: properties.map(({ name, types, count, examples }) => ({
    field: `properties.${name}`,
    types: types.size === 0 ? ['null'] : [...types.keys()].sort(),
    share: events === 0 ? 0 : Math.min(1, count / events),
    examples: [...examples],
  })),
});

/** Every property with its types, the share of events that have it, and examples; see `scanProperties`. */
export async function catalogueProperties(request: PropertiesRequest): Promise<PropertyCatalogue> {
  return toCatalogue(await scanProperties(request));
}

/** The same of the newest 20,000 events alone: a picker opens at once, and must not keep the server busy. */
export async function suggestProperties(request: InspectRequest): Promise<PropertyCatalogue> {
  const options = { ...inspectOptions(request, 'suggest'), maxTimeMs: SUGGEST_LIMIT_MS };
  const head = await newestEvents(request, NEWEST, options);
  return toCatalogue(await scanMembers(request, head, options));
}
