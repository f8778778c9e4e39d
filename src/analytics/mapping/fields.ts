import type { Document } from 'mongodb';
import type {
  DurationSource,
  Mapping,
  PagePathSource,
  TimeSource,
  ValueSource,
} from '../../shared/model/mapping';

/** An aggregation expression. */
export type Expression = Document | string | number | boolean | null;

/** The other document an event's field is looked up in. */
export type LookupOrigin = 'session' | 'user';

/** Where one field of a report is found in a stored event. */
export interface FieldAccess {
  /** The field's value; null or missing when the event has none. */
  readonly expr: Expression;
  /** The stored path when its values are the field's values as they are, so that a plain match can be used. */
  readonly path?: string;
  /** Set for ids: known as text, stored as text, ObjectId or number. */
  readonly isId?: true;
  /** The look-up that must come first. */
  readonly lookup?: LookupOrigin;
}

/** Where looked-up documents are put for the duration of a pipeline. */
export const LOOKUP_PATHS: Readonly<Record<LookupOrigin, string>> = {
  session: 'waymarkSession',
  user: 'waymarkUser',
};

const MISSING: FieldAccess = { expr: null };

function accessValue(source: ValueSource | undefined): FieldAccess {
  if (!source) return MISSING;
  if ('constant' in source) return { expr: { $literal: source.constant } };
  if (source.from === 'event') return { expr: `$${source.path}`, path: source.path };
  const path = `${LOOKUP_PATHS[source.from]}.${source.path}`;
  return { expr: `$${path}`, path, lookup: source.from };
}

function accessDuration(source: DurationSource | undefined): FieldAccess {
  const access = accessValue(source);
  if (!source || 'constant' in source || source.unit === 'seconds') return access;
  const { lookup, expr } = access;
  return {
    expr: { $cond: [{ $isNumber: expr }, { $divide: [expr, 1000] }, null] },
    ...(lookup ? { lookup } : {}),
  };
}

/** The path part of a URL; "/" when it has none. */
function urlPathExpr(url: Expression): Expression {
  const found = { $regexFind: { input: url, regex: '^(?:[A-Za-z][A-Za-z0-9+.-]*:)?(?://[^/?#]*)?([^?#]*)' } };
  const part = { $let: { vars: { found }, in: { $arrayElemAt: ['$$found.captures', 0] } } };
  return {
    $cond: [
      { $eq: [{ $type: url }, 'string'] },
      { $let: { vars: { part }, in: { $cond: [{ $in: ['$$part', ['', null]] }, '/', '$$part'] } } },
      null,
    ],
  };
}

function accessPagePath(source: PagePathSource | undefined): FieldAccess {
  const access = accessValue(source);
  if (!source || 'constant' in source || source.as === 'text') return access;
  const { lookup } = access;
  return { expr: urlPathExpr(access.expr), ...(lookup ? { lookup } : {}) };
}

function underRoot(root: string | undefined, name: string): FieldAccess {
  if (root === undefined) return MISSING;
  const path = root === '.' ? name : `${root}.${name}`;
  return { expr: `$${path}`, path };
}

/**
 * Finds a field of a report (`device`, `page.path`, `properties.plan` …) in an event stored as the mapping
 * says. `user.*` is not found here: it selects users.
 */
export function accessEventField(mapping: Mapping, field: string): FieldAccess {
  const { fields } = mapping.events;
  switch (field) {
    case 'userId':
      return { expr: `$${fields.userId}`, path: fields.userId, isId: true };
    case 'sessionId':
      return fields.sessionId === undefined
        ? MISSING
        : { expr: `$${fields.sessionId}`, path: fields.sessionId, isId: true };
    case 'eventType':
      return accessValue(fields.eventType);
    case 'durationSec':
      return accessDuration(fields.durationSec);
    case 'device':
    case 'browser':
    case 'os':
    case 'country':
      return accessValue(fields[field]);
    case 'page.url':
      return accessValue(fields.page.url);
    case 'page.path':
      return accessPagePath(fields.page.path);
    case 'page.title':
      return accessValue(fields.page.title);
    case 'page.referrer':
      return accessValue(fields.page.referrer);
    default:
      return field.startsWith('properties.')
        ? underRoot(fields.properties, field.slice('properties.'.length))
        : MISSING;
  }
}

const PROFILE_FIELDS = ['name', 'email', 'device', 'country'] as const;

/** Finds a field of a user (`name`, `createdAt`, `traits.plan` …, without the `user.` before it) in a user's document. */
export function accessUserField(mapping: Mapping, field: string): FieldAccess {
  const fields = mapping.users?.fields;
  if (!fields) return MISSING;
  if (field === 'userId') return { expr: `$${fields.id}`, path: fields.id, isId: true };
  const profile = PROFILE_FIELDS.find((name) => name === field);
  if (profile) {
    const path = fields[profile];
    return path === undefined ? MISSING : { expr: `$${path}`, path };
  }
  if (field === 'createdAt' || field === 'lastActiveAt') return accessTime(fields[field]);
  return underRoot(fields.traits, field.startsWith('traits.') ? field.slice('traits.'.length) : field);
}

function accessTime(source: TimeSource | undefined): FieldAccess {
  if (!source) return MISSING;
  return source.as === 'date' ? { expr: `$${source.path}`, path: source.path } : { expr: dateExpr(source) };
}

/** A stored instant as a date; null when it can't be read. */
export function dateExpr(source: TimeSource): Expression {
  const stored = `$${source.path}`;
  switch (source.as) {
    case 'date':
      return stored;
    case 'iso':
      return {
        $cond: [
          { $eq: [{ $type: stored }, 'string'] },
          { $dateFromString: { dateString: stored, onError: null, onNull: null } },
          null,
        ],
      };
    case 'epochMs':
    case 'epochSec':
      return {
        $cond: [{ $isNumber: stored }, { $toDate: { $toLong: { $floor: epochMsExpr(source) } } }, null],
      };
  }
}

function epochMsExpr(source: TimeSource): Expression {
  return source.as === 'epochSec' ? { $multiply: [`$${source.path}`, 1000] } : `$${source.path}`;
}

/** Milliseconds of an event's instant since `origin` (ms), as an integer. */
export function elapsedMsExpr(mapping: Mapping, origin: number): Expression {
  const source = mapping.events.fields.timestamp;
  if (source.as === 'date') return { $subtract: [`$${source.path}`, new Date(origin)] };
  if (source.as === 'iso') return { $subtract: [dateExpr(source), new Date(origin)] };
  return { $toLong: { $subtract: [{ $floor: epochMsExpr(source) }, origin] } };
}

/** The user id as it is stored, for grouping; `idText` turns it into the id's text. */
export function rawUserExpr(mapping: Mapping): string {
  return `$${mapping.events.fields.userId}`;
}

/** The session id as it is stored; null when events have none. */
export function rawSessionExpr(mapping: Mapping): string | null {
  const path = mapping.events.fields.sessionId;
  return path === undefined ? null : `$${path}`;
}
