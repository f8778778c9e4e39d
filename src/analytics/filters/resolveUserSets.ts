import type { Document } from 'mongodb';
import type { Condition, DidFilter, DidNotFilter, Filter } from '../../shared/reports/filters';
import { resolveRange, type ResolvedRange } from '../../shared/time/range';
import type { IdentityMap } from '../identity/identityMap';
import { valueAt } from '../mapping/documents';
import { accessUserField, rawUserExpr } from '../mapping/fields';
import { selectEvents } from '../mapping/selection';
import { idText } from '../mapping/storedText';
import type { SourceRun } from '../source/sourceRun';
import { conditionMatch, holdsWhenMissing } from './conditions';
import { compileEvent } from './predicates';
import { testCondition } from './testCondition';
import type { UserLeaf, UserSet, UserSets } from './userSet';

/** Every filter in a report (or part of one) that selects users, innermost first. */
function userLeavesIn(node: unknown, found: UserLeaf[] = []): UserLeaf[] {
  if (node === null || typeof node !== 'object') return found;
  for (const inner of Object.values(node)) userLeavesIn(inner, found);
  const isLeaf =
    'did' in node ||
    'didNot' in node ||
    ('field' in node && 'op' in node && typeof node.field === 'string' && node.field.startsWith('user.'));
  if (isLeaf) found.push(node as UserLeaf);
  return found;
}

export interface ResolveOptions {
  readonly run: SourceRun;
  readonly identities: IdentityMap;
  /** The range of `did` and `didNot` without one of their own. */
  readonly range: ResolvedRange;
  readonly now: number;
}

/** Finds the users of every user-selecting filter within a report. */
export async function resolveUserSets(node: unknown, options: ResolveOptions): Promise<UserSets> {
  const sets = new Map<Filter, UserSet>();
  for (const leaf of userLeavesIn(node)) {
    if (sets.has(leaf)) continue;
    sets.set(
      leaf,
      'field' in leaf ? await usersByField(leaf, options) : await usersByDeed(leaf, options, sets),
    );
  }
  return sets;
}

async function usersByDeed(
  filter: DidFilter | DidNotFilter,
  { run, identities, range, now }: ResolveOptions,
  sets: UserSets,
): Promise<UserSet> {
  const { mapping } = run.source;
  const event = 'did' in filter ? filter.did : filter.didNot;
  const atLeast = 'did' in filter ? filter.atLeast : 1;
  const { from, to } = filter.range ? resolveRange(filter.range, now) : range;
  const predicate = compileEvent(event, { mapping, identities, sets });
  const pipeline = [
    ...selectEvents(mapping, { from, to, matches: [predicate.match], lookups: predicate.lookups }),
    { $group: { _id: rawUserExpr(mapping), n: { $sum: 1 } } },
  ];
  const counts = new Map<string, number>();
  for await (const batch of run.aggregateEvents<{ _id: unknown; n: number }>(pipeline, {
    purpose: 'users by what they did',
  })) {
    for (const { _id, n } of batch) {
      const id = idText(_id);
      if (id === null) continue;
      const canonical = identities.canonicalOf(id);
      counts.set(canonical, (counts.get(canonical) ?? 0) + n);
    }
  }
  const ids = new Set<string>();
  for (const [id, count] of counts) if (count >= atLeast) ids.add(id);
  return { ids, isNegated: 'didNot' in filter };
}

async function usersByField(condition: Condition, options: ResolveOptions): Promise<UserSet> {
  const field = condition.field.slice('user.'.length);
  if (field === 'userId') return usersById(condition, options);
  const { run, identities } = options;
  const { mapping } = run.source;
  const isNegated = holdsWhenMissing(condition);
  const access = accessUserField(mapping, field);
  const { users } = mapping;
  if (!users || !(await run.source.hasCollection(users.collection))) return { ids: new Set(), isNegated };
  const match = conditionMatch(access, condition);
  const filter = isNegated ? { $nor: [match] } : match;
  const ids = new Set<string>();
  const projection = { [users.fields.id]: 1 };
  for await (const batch of run.find<Document>(users.collection, filter, {
    projection,
    purpose: 'users by their fields',
  })) {
    for (const document of batch) {
      const id = idText(valueAt(document, users.fields.id));
      if (id !== null && identities.canonicalOf(id) === id) ids.add(id);
    }
  }
  return { ids, isNegated };
}

/** Conditions on the canonical id itself: named ids need no look; for the rest every user is looked at. */
async function usersById(condition: Condition, { run, identities }: ResolveOptions): Promise<UserSet> {
  const { mapping } = run.source;
  // An id that leads to another's person is nobody's canonical one.
  const named = (values: readonly unknown[]): Set<string> =>
    new Set(values.map(String).filter((id) => identities.canonicalOf(id) === id));
  if (condition.op === 'eq' || condition.op === 'ne') {
    return { ids: named([condition.value]), isNegated: condition.op === 'ne' };
  }
  if (condition.op === 'in' || condition.op === 'nin') {
    return { ids: named(condition.values), isNegated: condition.op === 'nin' };
  }
  const ids = new Set<string>();
  const pipeline = [{ $group: { _id: rawUserExpr(mapping) } }];
  for await (const batch of run.aggregateEvents<{ _id: unknown }>(pipeline, { purpose: 'user ids' })) {
    for (const { _id } of batch) {
      const id = idText(_id);
      if (id === null) continue;
      const canonical = identities.canonicalOf(id);
      if (testCondition(canonical, condition)) ids.add(canonical);
    }
  }
  return { ids, isNegated: false };
}
