import type { Document } from 'mongodb';
import { storedIdForms } from '../filters/conditions';
import { rawUserExpr } from '../mapping/fields';
import { selectEvents, timeMatch } from '../mapping/selection';
import { idText } from '../mapping/storedText';
import { packRows } from '../pipeline/packs';
import type { AnyRunContext } from './context';
import { findEventIndex } from '../source/eventIndexes';

/** Users named in one query: about a megabyte of ids. */
const BATCH = 20_000;
/** More ids than this do not surely fit into one document. */
const MAX_PACKED = 100_000;

/**
 * Of the given canonical users, those with no event at all before an instant (ms): what makes a user new.
 * With an index by user and time each user costs one look, however long the history.
 */
export async function findUsersWithoutEventsBefore(
  context: AnyRunContext,
  users: readonly string[],
  instant: number,
): Promise<Set<string>> {
  const { run, mapping, identities } = context;
  const fresh = new Set(users);
  if (users.length === 0) return fresh;
  const { fields, collection, unwind } = mapping.events;
  const before = timeMatch(fields.timestamp, undefined, instant);
  const enough = users.length * 3;
  const history = await run.count(collection, before, { limit: enough, purpose: 'events before the range' });
  if (history === 0) return fresh;
  const strike = async (stages: readonly Document[], atMost: number, hint?: string): Promise<void> => {
    const packs = run.aggregateEvents<{ u: readonly unknown[] }>(
      [...stages, ...packRows({ u: '$_id' }, 0, atMost <= MAX_PACKED ? 1 : null)],
      { purpose: 'users seen before the range', hint },
    );
    for await (const batch of packs) {
      for (const { u } of batch) {
        for (const raw of u) {
          const id = idText(raw);
          if (id !== null) fresh.delete(identities.canonicalOf(id));
        }
      }
    }
  };
  const index = await findEventIndex(run, [fields.userId, fields.timestamp.path]);
  if (history < enough || index === undefined || unwind !== undefined || fields.timestamp.as !== 'date') {
    await strike(
      [...selectEvents(mapping, { to: instant }), { $group: { _id: rawUserExpr(mapping) } }],
      history < enough ? history : Infinity,
    );
    return fresh;
  }
  // The server skips from user to user; the order of ids is that of the index.
  const ordered = [...users].sort();
  for (let at = 0; at < ordered.length; at += BATCH) {
    const ids = ordered.slice(at, at + BATCH).flatMap((id) => identities.allIdsOf(id).flatMap(storedIdForms));
    await strike(
      [{ $match: { [fields.userId]: { $in: ids }, ...before } }, { $group: { _id: rawUserExpr(mapping) } }],
      ids.length,
      index,
    );
  }
  return fresh;
}
