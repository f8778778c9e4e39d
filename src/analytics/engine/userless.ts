import type { SourceRun } from '../source/sourceRun';
import { findEventIndex } from '../source/eventIndexes';

/**
 * Whether every event has a user: one look into an index that begins with the user. Then pipelines need not
 * ask each event for one, and the server reads plain stretches of an index, at half the cost. False where no
 * index can tell.
 */
export async function hasUserEverywhere(run: SourceRun): Promise<boolean> {
  const { collection, fields, unwind } = run.source.mapping.events;
  if (unwind !== undefined) return false;
  const hint = await findEventIndex(run, [fields.userId]);
  if (hint === undefined) return false;
  const found = run.find(
    collection,
    { [fields.userId]: null },
    { limit: 1, projection: { _id: 1 }, hint, purpose: 'whether events lack a user' },
  );
  for await (const batch of found) if (batch.length > 0) return false;
  return true;
}
