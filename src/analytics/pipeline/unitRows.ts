import { Double, type Document } from 'mongodb';
import type { Mapping } from '../../shared/model/mapping';
import {
  elapsedMsExpr,
  rawSessionExpr,
  rawUserExpr,
  type Expression,
  type LookupOrigin,
} from '../mapping/fields';
import { selectEvents } from '../mapping/selection';
import { packRows, type Packs } from './packs';
import type { EventClasses } from './eventClasses';

/** Which events are gathered, and what of each. */
export interface RowSpec {
  readonly mapping: Mapping;
  /** ms, inclusive; undefined: from the beginning. */
  readonly from: number | undefined;
  /** ms, exclusive; undefined: to the end. */
  readonly to: number | undefined;
  /** Instants are sent as ms since this one. */
  readonly origin: number;
  readonly matches: readonly Document[];
  readonly lookups: readonly LookupOrigin[];
  readonly classes: EventClasses;
  /** A value of each event that comes along (a breakdown value, a page path). */
  readonly value?: Expression | undefined;
  /** Rows per user, or per user and stored session id. */
  readonly unit: 'user' | 'session';
  /** Whether the order of events within one instant matters to the answer. */
  readonly isIdOrdered: boolean;
  /** Set when no event lacks a user. */
  readonly everyEventHasUser?: boolean | undefined;
}

/** Rows as they come: entry i of each column belongs to row i. */
export interface RowPack {
  readonly u: readonly unknown[];
  readonly s?: readonly unknown[];
  readonly e: readonly (readonly number[] | null)[];
  readonly k?: readonly (readonly number[] | null)[];
  readonly v?: readonly (readonly unknown[] | null)[];
}

/** One unit's gathered events. */
export interface GatheredRow {
  /** User id as stored, and the session's where units are sessions. */
  readonly u: unknown;
  readonly s?: unknown;
  /** Codes of the events (see `codeOf`); null when there are too many for one document. */
  readonly e: readonly number[] | null;
  /** Class of each event, when it does not fit beside the time. */
  readonly k?: readonly number[] | null;
  /** Value of each event; null where it has none. */
  readonly v?: readonly unknown[] | null;
}

/** The rows of a pack, one by one. */
export function* unpackRows(pack: RowPack): Generator<GatheredRow> {
  for (let index = 0; index < pack.u.length; index += 1) {
    yield {
      u: pack.u[index],
      s: pack.s?.[index],
      e: pack.e[index] ?? null,
      ...(pack.k ? { k: pack.k[index] ?? null } : {}),
      ...(pack.v ? { v: pack.v[index] ?? null } : {}),
    };
  }
}

/**
 * More events than this are fetched apart, streamed in order of time: at 16 bytes an event in an array, a
 * row stays far below the 16 MB of a document, and a group in the server below some 10 MB.
 */
export const MAX_EVENTS_PER_ROW = 400_000;
/** The same for rows whose events carry a value of unknown length. */
export const MAX_VALUED_EVENTS_PER_ROW = 20_000;
/** Bytes of values beyond which a row is fetched apart. */
const MAX_VALUE_BYTES = 6_000_000;

/** Spans of time above this leave no room for classes beside the time in 2^53. */
const MAX_SPAN_MS = 2 ** 42;
const MAX_CLASSES_IN_CODE = 2 ** 11;

/** Whether time and class share one number: `(t − origin) · classes + class`, exact below 2^53. */
export function isPacked(spec: RowSpec): boolean {
  return spec.classes.count <= MAX_CLASSES_IN_CODE;
}

/** The code of an event: its time alone, or with its class. Doubles, since the driver reads them fastest. */
function codeExpr(spec: RowSpec): Expression {
  const elapsed = elapsedMsExpr(spec.mapping, spec.origin);
  if (!isPacked(spec)) return { $multiply: [elapsed, new Double(1)] };
  const scaled = { $multiply: [elapsed, new Double(spec.classes.count)] };
  return spec.classes.expr === 0 ? scaled : { $add: [scaled, spec.classes.expr] };
}

/** The stages that pick the events of a gathering. */
export function selectRowEvents(spec: RowSpec, extra: readonly Document[] = []): Document[] {
  const { classes } = spec;
  // Instants so far away that their code would not be exact are no events of any report.
  return selectEvents(spec.mapping, {
    from: spec.from ?? spec.origin - MAX_SPAN_MS,
    to: spec.to ?? spec.origin + MAX_SPAN_MS,
    everyEventHasUser: spec.everyEventHasUser,
    matches: [...(classes.prefilter ? [classes.prefilter] : []), ...spec.matches, ...extra],
    lookups: [...spec.lookups, ...classes.lookups],
  });
}

function groupKey(spec: RowSpec): Expression {
  const user = rawUserExpr(spec.mapping);
  return spec.unit === 'user' ? user : { u: user, s: { $ifNull: [rawSessionExpr(spec.mapping), null] } };
}

export interface RowOptions {
  /** Whether events of a row come in order of time and event id; else in any order. */
  readonly isOrdered: boolean;
  readonly packs: Packs;
  /** Further matches. */
  readonly extra?: readonly Document[];
}

/** Rows of more events than this have a document of their own. */
const LARGE_ROW = 10_000;

/**
 * Gathers a user's events (or a session's) into one compact row: an array of numbers, one an event. What
 * leaves the server is bounded by the events that matter; no array outgrows a document, because only the
 * first `MAX_EVENTS_PER_ROW` are kept and a row that holds more is sent as null.
 */
export function gatherRows(spec: RowSpec, options: RowOptions): Document[] {
  const grouped = options.isOrdered ? orderedRows(spec, options) : plainRows(spec, options);
  const { stages, tooMany, columns } = grouped;
  const unless = (expr: Expression): Expression => ({ $cond: [tooMany, null, expr] });
  const firstCode: Expression = options.isOrdered ? { $first: '$e.c' } : { $first: '$e' };
  return [
    ...stages,
    ...packRows(
      {
        ...(spec.unit === 'user' ? { u: '$_id' } : { u: '$_id.u', s: '$_id.s' }),
        ...Object.fromEntries(Object.entries(columns).map(([name, expr]) => [name, unless(expr)])),
      },
      { $toLong: { $ifNull: [firstCode, 0] } },
      options.packs,
      { $gt: [{ $size: '$e' }, LARGE_ROW] },
    ),
  ];
}

interface GroupedRows {
  readonly stages: readonly Document[];
  readonly tooMany: Expression;
  readonly columns: Readonly<Record<string, Expression>>;
}

/** Rows whose columns are gathered in whatever order the events are read. */
function plainRows(spec: RowSpec, { extra }: RowOptions): GroupedRows {
  const packed = isPacked(spec);
  const { value } = spec;
  const limit = value === undefined ? MAX_EVENTS_PER_ROW : MAX_VALUED_EVENTS_PER_ROW;
  const firstOf = (input: Expression): Document => ({ $firstN: { n: limit + 1, input } });
  return {
    stages: [
      ...selectRowEvents(spec, extra),
      {
        $group: {
          _id: groupKey(spec),
          e: firstOf(codeExpr(spec)),
          ...(packed ? {} : { k: firstOf(spec.classes.expr) }),
          ...(value === undefined
            ? {}
            : { v: firstOf({ $ifNull: [value, null] }), b: { $sum: { $bsonSize: { v: value } } } }),
        },
      },
    ],
    tooMany: tooManyExpr(spec, limit),
    columns: { e: '$e', ...(packed ? {} : { k: '$k' }), ...(value === undefined ? {} : { v: '$v' }) },
  };
}

function tooManyExpr(spec: RowSpec, limit: number): Expression {
  const tooMany: Expression = { $gt: [{ $size: '$e' }, limit] };
  return spec.value === undefined ? tooMany : { $or: [tooMany, { $gt: ['$b', MAX_VALUE_BYTES] }] };
}

/** Rows sorted in the server by time and event id, which does not leave it. */
function orderedRows(spec: RowSpec, { extra }: RowOptions): GroupedRows {
  const packed = isPacked(spec);
  const { value } = spec;
  const limit = value === undefined ? MAX_EVENTS_PER_ROW / 4 : MAX_VALUED_EVENTS_PER_ROW;
  const event = {
    t: elapsedMsExpr(spec.mapping, spec.origin),
    i: `$${spec.mapping.events.fields.id}`,
    c: codeExpr(spec),
    ...(packed ? {} : { k: spec.classes.expr }),
    ...(value === undefined ? {} : { v: { $ifNull: [value, null] } }),
  };
  const each = (name: string): Expression => ({ $map: { input: '$e', in: `$$this.${name}` } });
  return {
    stages: [
      ...selectRowEvents(spec, extra),
      {
        $group: {
          _id: groupKey(spec),
          e: { $firstN: { n: limit + 1, input: event } },
          ...(value === undefined ? {} : { b: { $sum: { $bsonSize: { v: value } } } }),
        },
      },
      { $set: { e: { $sortArray: { input: '$e', sortBy: { t: 1, i: 1 } } } } },
    ],
    tooMany: tooManyExpr(spec, limit),
    columns: {
      e: each('c'),
      ...(packed ? {} : { k: each('k') }),
      ...(value === undefined ? {} : { v: each('v') }),
    },
  };
}

/**
 * The events of some users one by one in order of time and event id: for the few whose rows would outgrow a
 * document, and for merged users where the order within an instant must be told across their ids.
 * @param users every stored form of their ids
 */
export function streamEvents(spec: RowSpec, users: readonly unknown[]): Document[] {
  const { fields } = spec.mapping.events;
  return [
    ...selectRowEvents(spec, [{ [fields.userId]: { $in: users } }]),
    {
      $project: {
        _id: 0,
        t: elapsedMsExpr(spec.mapping, spec.origin),
        i: `$${fields.id}`,
        u: rawUserExpr(spec.mapping),
        c: codeExpr(spec),
        ...(isPacked(spec) ? {} : { k: spec.classes.expr }),
        ...(spec.value === undefined ? {} : { v: { $ifNull: [spec.value, null] } }),
        ...(spec.unit === 'session' ? { s: { $ifNull: [rawSessionExpr(spec.mapping), null] } } : {}),
      },
    },
    // Without an order within instants the client sorts plain numbers, which is cheaper than here.
    ...(spec.isIdOrdered || spec.value !== undefined
      ? [{ $sort: { t: 1, i: 1 } }, { $unset: ['t', 'i'] }]
      : []),
  ];
}
