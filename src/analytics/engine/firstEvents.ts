import type { Document } from 'mongodb';
import { storedIdForms } from '../filters/conditions';
import { rawUserExpr } from '../mapping/fields';
import { selectEvents, timeMatch } from '../mapping/selection';
import { idText } from '../mapping/storedText';
import type { AnyRunContext } from './context';
import { findEventIndex } from './indexes';

const BATCH = 5_000;

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
  const strike = async (pipeline: readonly Document[], hint?: string): Promise<void> => {
    const rows = run.aggregateEvents<{ _id: unknown; at?: unknown }>(pipeline, {
      purpose: 'users seen before the range',
      hint,
    });
    for await (const batch of rows) {
      for (const { _id, at } of batch) {
        if (at instanceof Date && at.getTime() >= instant) continue;
        const id = idText(_id);
        if (id !== null) fresh.delete(identities.canonicalOf(id));
      }
    }
  };
  const index = await findEventIndex(run, [fields.userId, fields.timestamp.path]);
  if (history < enough || index === undefined || unwind !== undefined || fields.timestamp.as !== 'date') {
    await strike([...selectEvents(mapping, { to: instant }), { $group: { _id: rawUserExpr(mapping) } }]);
    return fresh;
  }
  for (let at = 0; at < users.length; at += BATCH) {
    const ids = users.slice(at, at + BATCH).flatMap((id) => identities.allIdsOf(id).flatMap(storedIdForms));
    await strike(
      [
        { $match: { [fields.userId]: { $in: ids }, [fields.timestamp.path]: { $type: 'date' } } },
        { $sort: { [fields.userId]: 1, [fields.timestamp.path]: 1 } },
        { $group: { _id: rawUserExpr(mapping), at: { $first: `$${fields.timestamp.path}` } } },
      ],
      index,
    );
  }
  return fresh;
}
