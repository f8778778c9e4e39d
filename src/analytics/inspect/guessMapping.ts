import type { Document } from 'mongodb';
import { parseMapping, type Mapping, type MappingInput } from '../../shared/model/mapping';
import { MAPPING_PRESETS } from '../../shared/model/presets';
import { valueAt } from '../mapping/documents';

/** Some documents of each collection, by its name. */
export type Samples = ReadonlyMap<string, readonly Document[]>;

/** A mapping found by looking, and why it was chosen; undefined when nothing looks like events. */
export interface MappingGuess {
  readonly mapping: Mapping;
  /** A sentence. */
  readonly reason: string;
}

/** The share of sampled events that must have a user, a time and a type for a mapping to fit. */
const FITTING_SHARE = 0.8;

const NAMES = {
  eventType: [
    'eventType',
    'event_type',
    'event',
    'eventName',
    'event_name',
    'type',
    'action',
    'name',
    'kind',
  ],
  userId: [
    'userId',
    'user_id',
    'uid',
    'user',
    'distinctId',
    'distinct_id',
    'visitorId',
    'visitor_id',
    'customerId',
    'customer_id',
    'customer',
    'anonymousId',
  ],
  timestamp: [
    'timestamp',
    'time',
    'ts',
    'occurredAt',
    'occurred_at',
    'eventTime',
    'event_time',
    'createdAt',
    'created_at',
    'date',
    'at',
    'when',
  ],
  sessionId: ['sessionId', 'session_id', 'session', 'sid', 'visitId', 'visit_id'],
  url: ['url', 'pageUrl', 'page_url', 'href', 'page.url'],
  path: ['path', 'pathname', 'page.path'],
  device: ['device', 'deviceType', 'device_type', 'platform'],
  browser: ['browser', 'browserName'],
  os: ['os', 'osName', 'operatingSystem'],
  country: ['country', 'countryCode', 'country_code'],
  seconds: ['durationSec', 'duration_sec', 'duration', 'timeSpent'],
  milliseconds: ['durationMs', 'duration_ms', 'spentMs'],
  container: ['properties', 'props', 'metadata', 'meta', 'data', 'attributes', 'payload', 'params'],
  users: ['users', 'customers', 'people', 'profiles', 'accounts', 'members', 'visitors'],
  sessions: ['sessions', 'visits', 'user_sessions'],
} as const;

type TimeFormat = 'date' | 'iso' | 'epochMs' | 'epochSec';

/** How an instant is stored, or undefined when a value is none. */
function timeFormatOf(value: unknown): TimeFormat | undefined {
  if (value instanceof Date) return 'date';
  if (typeof value === 'string') return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(value) ? 'iso' : undefined;
  if (typeof value !== 'number') return undefined;
  if (value > 1e11 && value < 1e14) return 'epochMs';
  return value > 5e8 && value < 1e11 ? 'epochSec' : undefined;
}

const isPresent = (value: unknown): boolean => value !== null && value !== undefined && value !== '';

const shareWith = (documents: readonly Document[], test: (document: Document) => boolean): number =>
  documents.length === 0 ? 0 : documents.filter(test).length / documents.length;

/** The stored paths that a mapping reads from its events and users. */
function pathsOf(part: unknown): string[] {
  if (typeof part === 'string') return part === '.' ? [] : [part];
  if (part === null || typeof part !== 'object') return [];
  if ('path' in part && typeof part.path === 'string') {
    return 'from' in part && part.from !== 'event' ? [] : [part.path];
  }
  return 'constant' in part ? [] : Object.values(part).flatMap(pathsOf);
}

function fits(mapping: Mapping, events: readonly Document[]): boolean {
  const { userId, timestamp, eventType } = mapping.events.fields;
  const typePath = 'path' in eventType ? eventType.path : undefined;
  return (
    shareWith(
      events,
      (event) =>
        isPresent(valueAt(event, userId)) &&
        timeFormatOf(valueAt(event, timestamp.path)) === timestamp.as &&
        (typePath === undefined || isPresent(valueAt(event, typePath))),
    ) >= FITTING_SHARE
  );
}

/** Fields found less half of the fields missed: the preset that says most about these documents wins. */
function scoreOf(mapping: Mapping, samples: Samples): { score: number; found: number; missed: number } {
  const events = samples.get(mapping.events.collection) ?? [];
  const users = (mapping.users && samples.get(mapping.users.collection)) ?? [];
  const has = (documents: readonly Document[], path: string): boolean =>
    documents.some((document) => isPresent(valueAt(document, path)));
  const tested = [
    ...pathsOf(mapping.events.fields).map((path) => has(events, path)),
    ...(mapping.users ? pathsOf(mapping.users.fields).map((path) => has(users, path)) : []),
    ...(mapping.identities ? [samples.has(mapping.identities.collection)] : []),
  ];
  const found = tested.filter(Boolean).length;
  const missed = tested.length - found;
  return { score: found - missed / 2, found, missed };
}

function bestPreset(samples: Samples): MappingGuess | undefined {
  const fitting = Object.values(MAPPING_PRESETS)
    .filter((mapping) => fits(mapping, samples.get(mapping.events.collection) ?? []))
    .map((mapping) => ({ mapping, ...scoreOf(mapping, samples) }))
    .sort((a, b) => b.score - a.score);
  const [best] = fitting;
  if (!best) return undefined;
  const { mapping, found, missed } = best;
  return {
    mapping,
    reason: `The preset "${mapping.name}" fits: user, time and type are where it reads them, and ${found} of its ${found + missed} fields are there.`,
  };
}

interface Found {
  readonly userId: string;
  readonly eventType: string;
  readonly timestamp: { readonly path: string; readonly as: TimeFormat };
}

function findPath(
  documents: readonly Document[],
  names: readonly string[],
  test: (value: unknown) => boolean,
  within: readonly string[] = [''],
): string | undefined {
  for (const parent of within) {
    for (const name of names) {
      const path = parent === '' ? name : `${parent}.${name}`;
      if (shareWith(documents, (document) => test(valueAt(document, path))) >= FITTING_SHARE) return path;
    }
  }
  return undefined;
}

const isText = (value: unknown): boolean => typeof value === 'string' && value !== '' && value.length <= 500;
const isId = (value: unknown): boolean =>
  isPresent(value) && !(value instanceof Date) && typeof value !== 'boolean' && !Array.isArray(value);

/** The three fields without which nothing is an event. */
function findCore(documents: readonly Document[]): Found | undefined {
  const userId = findPath(documents, NAMES.userId, isId);
  const eventType = findPath(documents, NAMES.eventType, isText);
  const timePath = findPath(documents, NAMES.timestamp, (value) => timeFormatOf(value) !== undefined);
  if (userId === undefined || eventType === undefined || timePath === undefined) return undefined;
  const formats = documents.map((document) => timeFormatOf(valueAt(document, timePath)));
  const as = formats.find((format) => format !== undefined) ?? 'date';
  return { userId, eventType, timestamp: { path: timePath, as } };
}

/** A field that some of the events have, at the top or inside the object of properties. */
function optional(
  documents: readonly Document[],
  names: readonly string[],
  container: string | undefined,
  test: (value: unknown) => boolean = isText,
): string | undefined {
  const paths = [...names, ...(container === undefined ? [] : names.map((name) => `${container}.${name}`))];
  return paths.find((path) => documents.some((document) => test(valueAt(document, path))));
}

const kindOf = (value: unknown): string =>
  value !== null && typeof value === 'object' ? value.constructor.name : typeof value;

/** A collection of one of these names whose documents are identified by the kind of id that the events hold. */
function findPartner(
  samples: Samples,
  names: readonly string[],
  idNames: readonly string[],
  kind: string | undefined,
): { collection: string; id: string } | undefined {
  for (const collection of names) {
    const documents = samples.get(collection) ?? [];
    const id = idNames.find((name) =>
      documents.some(
        (document) => isPresent(valueAt(document, name)) && kindOf(valueAt(document, name)) === kind,
      ),
    );
    if (id !== undefined) return { collection, id };
  }
  return undefined;
}

function customMapping(collection: string, core: Found, samples: Samples): MappingInput {
  const events = samples.get(collection) ?? [];
  const isObject = (value: unknown): boolean => kindOf(value) === 'Object';
  const container = NAMES.container.find((name) => events.some((event) => isObject(valueAt(event, name))));
  const one = (names: readonly string[]): string | undefined => optional(events, names, container);
  const sessionId = optional(events, NAMES.sessionId, undefined, isId);
  const [url, path] = [one(NAMES.url), one(NAMES.path)];
  const isNumber = (value: unknown): boolean => typeof value === 'number';
  const seconds = optional(events, NAMES.seconds, container, isNumber);
  const milliseconds = optional(events, NAMES.milliseconds, container, isNumber);
  const kindAt = (field: string | undefined): string | undefined => {
    const value =
      field === undefined ? undefined : events.map((event) => valueAt(event, field)).find(isPresent);
    return value === undefined ? undefined : kindOf(value);
  };
  const users = findPartner(samples, NAMES.users, ['_id', 'userId', 'user_id', 'id'], kindAt(core.userId));
  const sessions = findPartner(
    samples,
    NAMES.sessions,
    ['_id', 'sessionId', 'session_id', 'id'],
    kindAt(sessionId),
  );
  const userDocuments = users ? (samples.get(users.collection) ?? []) : [];
  const userField = (names: readonly string[]): string | undefined =>
    optional(userDocuments, names, undefined);
  const created = ['createdAt', 'created_at', 'registeredAt', 'registered'].find((name) =>
    userDocuments.some((user) => timeFormatOf(valueAt(user, name)) !== undefined),
  );
  const given = <T>(entries: Record<string, T | undefined>): Record<string, T> =>
    Object.fromEntries(
      Object.entries(entries).filter((entry): entry is [string, T] => entry[1] !== undefined),
    );
  return {
    version: 1,
    name: 'guessed',
    events: {
      collection,
      fields: {
        ...core,
        ...given({
          sessionId,
          device: one(NAMES.device),
          browser: one(NAMES.browser),
          os: one(NAMES.os),
          country: one(NAMES.country),
        }),
        ...(seconds !== undefined
          ? { durationSec: seconds }
          : milliseconds === undefined
            ? {}
            : { durationSec: { path: milliseconds, unit: 'milliseconds' as const } }),
        page: {
          ...(url === undefined ? {} : { url }),
          ...(path !== undefined
            ? { path }
            : url === undefined
              ? {}
              : { path: { path: url, as: 'urlPath' as const } }),
        },
        properties: container ?? '.',
      },
    },
    ...(sessions ? { sessions: { collection: sessions.collection, fields: { id: sessions.id } } } : {}),
    ...(users
      ? {
          users: {
            collection: users.collection,
            fields: {
              id: users.id,
              ...given({
                name: userField(['name', 'fullName', 'full_name', 'displayName', 'username']),
                email: userField(['email', 'mail', 'emailAddress']),
                device: userField(NAMES.device),
                country: userField(NAMES.country),
              }),
              ...(created === undefined
                ? {}
                : {
                    createdAt: {
                      path: created,
                      as:
                        userDocuments.map((user) => timeFormatOf(valueAt(user, created))).find(Boolean) ??
                        'date',
                    },
                  }),
              traits: '.',
            },
          },
        }
      : {}),
  };
}

/**
 * Guesses how a database is laid out from some documents of each collection: a preset when one fits, else a
 * mapping put together from fields whose names and values look right. Undefined when no collection holds
 * anything like events. A guess is to be confirmed by a person.
 */
export function guessMapping(samples: Samples): MappingGuess | undefined {
  const preset = bestPreset(samples);
  if (preset) return preset;
  const candidates = [...samples].flatMap(([collection, documents]) => {
    const core = findCore(documents);
    return core
      ? [{ collection, core, isNamed: /event|track|click|log|activit|action/i.test(collection) }]
      : [];
  });
  const best = candidates.find(({ isNamed }) => isNamed) ?? candidates[0];
  if (!best) return undefined;
  const { collection, core } = best;
  return {
    mapping: parseMapping(customMapping(collection, core, samples)),
    reason: `No preset fits. "${collection}" looks like events: "${core.userId}" holds the user, "${core.eventType}" the type, "${core.timestamp.path}" the time (${core.timestamp.as}). Check each field before relying on it.`,
  };
}
