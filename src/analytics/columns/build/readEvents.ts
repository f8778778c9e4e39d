import type { Document } from 'mongodb';
import type { Mapping } from '../../../shared/model/mapping';
import { valueAt } from '../../mapping/documents';
import { accessEventField, dateExpr } from '../../mapping/fields';
import { selectEvents } from '../../mapping/selection';
import { idText } from '../../mapping/storedText';
import type { SourceRun } from '../../source/sourceRun';
import { compareCodePoints } from '../../kernels/numbers';
import type { EventDetails } from '../journeys/details';
import {
  TEXT_FIELDS,
  type ColumnEvent,
  type PropertyColumn,
  type PropertyValue,
  type TextField,
} from '../format/columnEvent';

/** Which columns met a value that they can't hold exactly, each with a sentence why. */
export type Inexact = Map<string, string>;

const NAME_OF: Readonly<Record<TextField, string>> = {
  eventType: 'type',
  device: 'device',
  browser: 'browser',
  os: 'os',
  country: 'country',
  'page.path': 'path',
  'page.url': 'url',
  'page.title': 'title',
  'page.referrer': 'referrer',
};

/** Instants in ms; `from` inclusive, `to` exclusive; without one, all. */
export interface EventRange {
  readonly from?: number;
  readonly to?: number;
}

/** Which events are read, and how whole. */
export interface ReadOptions {
  readonly range?: EventRange | undefined;
  /** Handed every event whole, as it comes. */
  readonly details?: ((event: EventDetails) => Promise<void>) | undefined;
}

/**
 * The stages that give every event of a database, or of a range, in the order of time, reduced to what columns hold,
 * and its whole properties where asked for.
 */
export function readEventsStages(
  mapping: Mapping,
  declared: readonly PropertyColumn[],
  { range = {}, withProperties = false }: { range?: EventRange | undefined; withProperties?: boolean } = {},
): Document[] {
  const { fields } = mapping.events;
  const lookups = TEXT_FIELDS.flatMap((field) => accessEventField(mapping, field).lookup ?? []);
  const read: Record<string, unknown> = {
    _id: `$${fields.id}`,
    at: dateExpr(fields.timestamp),
    user: `$${fields.userId}`,
    session: fields.sessionId === undefined ? null : `$${fields.sessionId}`,
    duration: accessEventField(mapping, 'durationSec').expr,
  };
  for (const field of TEXT_FIELDS) read[NAME_OF[field]] = accessEventField(mapping, field).expr;
  declared.forEach(({ name }, index) => {
    read[`p${index}`] = accessEventField(mapping, `properties.${name}`).expr;
  });
  if (withProperties && fields.properties !== undefined) {
    read['properties'] = fields.properties === '.' ? '$$ROOT' : `$${fields.properties}`;
  }
  const stages = selectEvents(mapping, { ...range, lookups });
  // Dates and epochs sort as they are stored, so that an index on them serves; ISO text may carry zones.
  return fields.timestamp.as === 'iso'
    ? [...stages, { $project: read }, { $sort: { at: 1 } }]
    : [...stages, { $sort: { [fields.timestamp.path]: 1 } }, { $project: read }];
}

/** Longer texts are in no column: one event's would fill a block. In UTF-16 code units. */
const MAX_TEXT_LENGTH = 2 ** 17;

const tooLong = (field: string): string =>
  `${field} holds texts of more than ${MAX_TEXT_LENGTH.toLocaleString('en')} characters`;

/** A value for a text column; anything but text makes the column inexact. */
function readText(document: Document, field: TextField, inexact: Inexact): string | null {
  const value: unknown = document[NAME_OF[field]];
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' && value.length <= MAX_TEXT_LENGTH) return value;
  inexact.set(field, typeof value === 'string' ? tooLong(field) : `${field} holds values that are not text`);
  return null;
}

function readNumber(value: unknown, field: string, inexact: Inexact): number | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number' && !Number.isNaN(value)) return value;
  inexact.set(field, `${field} holds values that are not numbers`);
  return null;
}

function readProperty(value: unknown, { name, type }: PropertyColumn, inexact: Inexact): PropertyValue {
  if (value === null || value === undefined) return null;
  if (type === 'date' && value instanceof Date && !Number.isNaN(value.getTime())) return value.getTime();
  const fits =
    type === 'number'
      ? typeof value === 'number' && !Number.isNaN(value)
      : type !== 'date' && typeof value === (type === 'text' ? 'string' : 'boolean');
  const isTooLong = fits && typeof value === 'string' && value.length > MAX_TEXT_LENGTH;
  if (fits && !isTooLong) return value as PropertyValue;
  const field = `properties.${name}`;
  inexact.set(field, isTooLong ? tooLong(field) : `${field} holds values that are not of type ${type}`);
  return null;
}

/**
 * Every event of a database, or of a range of time, in the order of (time, id).
 * @param inexact filled as values are met that a column can't hold
 */
export async function* readEvents(
  run: SourceRun,
  declared: readonly PropertyColumn[],
  inexact: Inexact,
  { range, details }: ReadOptions = {},
): AsyncGenerator<ColumnEvent> {
  const { mapping } = run.source;
  let instant: ColumnEvent[] = [];
  const texts = new SharedTexts();
  let own: Inexact = new Map();
  const stages = readEventsStages(mapping, declared, { range, withProperties: details !== undefined });
  for await (const batch of run.aggregateEvents<Document>(stages, { purpose: 'events for columns' })) {
    for (const document of batch) {
      if (own.size > 0) own = new Map();
      const read = toColumnEvent(document, declared, own, texts);
      if (read === null) continue;
      for (const [field, reason] of own) inexact.set(field, reason);
      const event = own.size > 0 ? { ...read, inexact: own } : read;
      await details?.(toDetails(document, event));
      if (instant[0] !== undefined && instant[0].at !== event.at) {
        yield* inIdOrder(instant);
        instant = [];
      }
      instant.push(event);
    }
  }
  yield* inIdOrder(instant);
}

const inIdOrder = (events: ColumnEvent[]): ColumnEvent[] =>
  events.length > 1 ? events.sort((a, b) => compareCodePoints(a.id, b.id)) : events;

function toColumnEvent(
  document: Document,
  declared: readonly PropertyColumn[],
  inexact: Inexact,
  shared: SharedTexts,
): ColumnEvent | null {
  const at: unknown = document['at'];
  const userId = idText(document['user']);
  if (!(at instanceof Date) || Number.isNaN(at.getTime()) || userId === null) return null;
  const sessionId = idText(document['session']);
  const texts: Partial<Record<TextField, string | null>> = {};
  for (const field of TEXT_FIELDS) {
    const text = readText(document, field, inexact);
    texts[field] = text === null ? null : shared.get(text);
  }
  const properties: Record<string, PropertyValue> = {};
  declared.forEach((column, index) => {
    const value = readProperty(document[`p${index}`], column, inexact);
    properties[column.name] = typeof value === 'string' ? shared.get(value) : value;
  });
  return {
    id: idText(document['_id']) ?? '',
    at: at.getTime(),
    userId: shared.get(userId),
    sessionId: sessionId === null ? null : shared.get(sessionId),
    durationSec: readNumber(document['duration'], 'durationSec', inexact),
    texts,
    properties: declared.length === 0 ? NO_PROPERTIES : properties,
  };
}

const NO_PROPERTIES: Readonly<Record<string, PropertyValue>> = {};

/** So many different texts are known at once. */
const MOST_SHARED = 100_000;

/**
 * Equal texts as one string: events of a day that wait for their block say the same few things, and what is held a
 * hundred thousand times over keeps the garbage collector busy for half of the time.
 */
class SharedTexts {
  readonly #known = new Map<string, string>();

  get(text: string): string {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    if (this.#known.size >= MOST_SHARED) this.#known.clear();
    this.#known.set(text, text);
    return text;
  }
}

function toDetails(document: Document, event: ColumnEvent): EventDetails {
  const stored = Object.entries(document).filter(([name]) => !/^(_id|at|user|session|p\d+)$/.test(name));
  return {
    user: event.userId,
    session: event.sessionId,
    id: document['_id'] as unknown,
    at: event.at,
    type: null,
    ...Object.fromEntries(stored),
  };
}

/** A user's profile as the mapping finds it, with the types as stored. */
export interface StoredProfile {
  readonly userId: string;
  readonly document: Document;
}

/** Every document of the users collection with its id as text. */
export async function* readProfiles(run: SourceRun): AsyncGenerator<StoredProfile> {
  const { users } = run.source.mapping;
  if (!users || !(await run.source.hasCollection(users.collection))) return;
  for await (const batch of run.find<Document>(
    users.collection,
    {},
    { purpose: 'user profiles for columns' },
  )) {
    for (const document of batch) {
      const userId = idText(valueAt(document, users.fields.id));
      if (userId !== null) yield { userId, document };
    }
  }
}
