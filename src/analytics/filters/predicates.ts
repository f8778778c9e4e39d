import type { Document } from 'mongodb';
import { WaymarkError } from '../../shared/errors';
import type { Mapping } from '../../shared/model/mapping';
import type { Filter, ReportEvent } from '../../shared/reports/filters';
import type { IdentityMap } from '../identity/identityMap';
import { accessEventField, type Expression, type LookupOrigin } from '../mapping/fields';
import { joinMatches } from '../mapping/selection';
import {
  conditionExpr,
  conditionMatch,
  MATCH_ALL,
  MATCH_NONE,
  storedForms,
  storedIdForms,
} from './conditions';
import { isInUserSet, isUserFilter, isUserLeaf, type UserSet, type UserSets } from './userSet';

/** A test of an event in both of the server's forms; the two are equal. */
export interface Predicate {
  /** For `$match`. */
  readonly match: Document;
  /** For a condition within an expression. */
  readonly expr: Expression;
  /** Look-ups that must come before either. */
  readonly lookups: readonly LookupOrigin[];
}

export interface PredicateContext {
  readonly mapping: Mapping;
  readonly identities: IdentityMap;
  readonly sets: UserSets;
  /** Set when no event lacks a user. */
  readonly everyEventHasUser?: boolean | undefined;
}

const ALWAYS: Predicate = { match: MATCH_ALL, expr: true, lookups: [] };
const NEVER: Predicate = { match: MATCH_NONE, expr: false, lookups: [] };

function allOf(predicates: readonly Predicate[]): Predicate {
  const real = predicates.filter((predicate) => predicate.expr !== true);
  if (real.length === 0) return ALWAYS;
  if (real.length === 1) return real[0] as Predicate;
  return {
    match: joinMatches(real.map(({ match }) => match)),
    expr: { $and: real.map(({ expr }) => expr) },
    lookups: real.flatMap(({ lookups }) => lookups),
  };
}

function anyOf(predicates: readonly Predicate[]): Predicate {
  if (predicates.some((predicate) => predicate.expr === true)) return ALWAYS;
  const real = predicates.filter((predicate) => predicate.expr !== false);
  if (real.length === 0) return NEVER;
  if (real.length === 1) return real[0] as Predicate;
  return {
    match: { $or: real.map(({ match }) => match) },
    expr: { $or: real.map(({ expr }) => expr) },
    lookups: real.flatMap(({ lookups }) => lookups),
  };
}

/** Ids of more bytes than this do not fit into a command, which names them up to twice in 16 MB. */
const MAX_NAMED_BYTES = 7_000_000;
/** What an element of an array costs beside its text. */
const ELEMENT_BYTES = 14;

function refuseTooMany(set: UserSet, forms: readonly unknown[]): void {
  let bytes = 0;
  for (const form of forms)
    bytes += ELEMENT_BYTES + (typeof form === 'string' ? Buffer.byteLength(form) : 12);
  if (bytes <= MAX_NAMED_BYTES) return;
  throw new WaymarkError(
    'badReport',
    `A condition on users holds for ${set.ids.size.toLocaleString('en')} of them, too many to be named beside conditions on events. Put it into a filter of its own, or narrow it.`,
    { path: 'filters' },
  );
}

/** An event's user is in the set: by every stored form of every id of its people. */
function belongsTo(set: UserSet, { mapping, identities }: PredicateContext): Predicate {
  if (set.ids.size === 0) return set.isNegated ? ALWAYS : NEVER;
  const forms: unknown[] = [];
  for (const id of set.ids) {
    forms.push(...storedIdForms(id));
    for (const alias of identities.aliasesOf(id)) forms.push(...storedIdForms(alias));
  }
  refuseTooMany(set, forms);
  const path = mapping.events.fields.userId;
  const inside: Expression = { $in: [`$${path}`, { $literal: forms }] };
  return {
    match: { [path]: { [set.isNegated ? '$nin' : '$in']: forms } },
    expr: set.isNegated ? { $not: [inside] } : inside,
    lookups: [],
  };
}

/** Compiles one filter as a test of an event (and of the user it belongs to). */
export function compileFilter(filter: Filter, context: PredicateContext): Predicate {
  if ('anyOf' in filter) return anyOf(filter.anyOf.map((inner) => compileFilter(inner, context)));
  if (!('field' in filter) || isUserLeaf(filter)) {
    const set = context.sets.get(filter);
    if (!set) throw new Error('A filter on users was not resolved before compiling.');
    return belongsTo(set, context);
  }
  const access = accessEventField(context.mapping, filter.field);
  return {
    match: conditionMatch(access, filter),
    expr: conditionExpr(access, filter),
    lookups: access.lookup ? [access.lookup] : [],
  };
}

/** Compiles filters that must all hold. */
export function compileFilters(filters: readonly Filter[], context: PredicateContext): Predicate {
  return allOf(filters.map((filter) => compileFilter(filter, context)));
}

/** An event of a report, compiled. */
export interface EventPredicate extends Predicate {
  /** The only event types that can match, to narrow by index; null when any may. */
  readonly types: readonly string[] | null;
  /** Whether the type alone decides. */
  readonly isTypeOnly: boolean;
}

/** Compiles an event of a report: a type, a type with conditions, or any of several. */
export function compileEvent(event: ReportEvent, context: PredicateContext): EventPredicate {
  if (typeof event === 'string') return ofType(event, context);
  if ('anyOf' in event) {
    const options = event.anyOf.map((inner) => compileEvent(inner, context));
    const types = options.every((option) => option.types !== null)
      ? [...new Set(options.flatMap((option) => option.types ?? []))]
      : null;
    const isTypeOnly = options.every((option) => option.isTypeOnly);
    if (isTypeOnly) return { ...typesPredicate(types, context), types, isTypeOnly };
    return { ...anyOf(options), types, isTypeOnly };
  }
  const base = ofType(event.event, context);
  const where = event.where ?? [];
  if (where.length === 0) return base;
  return { ...allOf([base, compileFilters(where, context)]), types: base.types, isTypeOnly: false };
}

function ofType(type: string, context: PredicateContext): EventPredicate {
  const types = type === '*' ? null : [type];
  return { ...typesPredicate(types, context), types, isTypeOnly: true };
}

/** Event types are compared exactly, as text. */
export function typesPredicate(types: readonly string[] | null, { mapping }: PredicateContext): Predicate {
  if (types === null) return ALWAYS;
  const access = accessEventField(mapping, 'eventType');
  const forms = types.flatMap(storedForms);
  const value = forms.length === 1 ? { $eq: forms[0] } : { $in: forms };
  return {
    match:
      access.path === undefined
        ? { $expr: { $in: [access.expr, { $literal: forms }] } }
        : { [access.path]: value },
    expr:
      forms.length === 1
        ? { $eq: [access.expr, { $literal: forms[0] }] }
        : { $in: [access.expr, { $literal: forms }] },
    lookups: access.lookup ? [access.lookup] : [],
  };
}

/** Filters as they are applied: those on events by the server, those on users alone by whoever has the user. */
export interface CompiledFilters {
  readonly events: Predicate;
  /** Everything at once, for figures that are not gathered by user. */
  readonly all: Predicate;
  /** Whether a canonical user passes the filters on users. */
  readonly acceptsUser: (canonicalId: string) => boolean;
  /** The filters on users as matches, where the users are few enough to be named; else empty. */
  readonly usersMatch: readonly Document[];
  /** Whether there are filters on users at all. */
  readonly selectsUsers: boolean;
}

/** Naming more users than this in a match costs more than it saves. */
const MAX_NAMED_USERS = 20_000;

/** How many users the filters name in all. */
function namedUsers(filters: readonly Filter[], sets: UserSets): number {
  return filters.reduce(
    (sum, filter) =>
      sum + ('anyOf' in filter ? namedUsers(filter.anyOf, sets) : (sets.get(filter)?.ids.size ?? 0)),
    0,
  );
}

/** Compiles a report's filters. */
export function compileReportFilters(filters: readonly Filter[], context: PredicateContext): CompiledFilters {
  const onUsers = filters.filter(isUserFilter);
  const onEvents = filters.filter((filter) => !isUserFilter(filter));
  return {
    events: compileFilters(onEvents, context),
    get all() {
      return compileFilters(filters, context);
    },
    acceptsUser: (id) => onUsers.every((filter) => acceptsUser(filter, id, context.sets)),
    usersMatch:
      namedUsers(onUsers, context.sets) <= MAX_NAMED_USERS
        ? onUsers.map((filter) => compileFilter(filter, context).match)
        : [],
    selectsUsers: onUsers.length > 0,
  };
}

function acceptsUser(filter: Filter, canonicalId: string, sets: UserSets): boolean {
  if ('anyOf' in filter) return filter.anyOf.some((inner) => acceptsUser(inner, canonicalId, sets));
  const set = sets.get(filter);
  return set !== undefined && isInUserSet(set, canonicalId);
}
