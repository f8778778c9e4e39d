import type { Document } from 'mongodb';
import { escapeRegex, idTextExpr } from '../../filters/conditions';
import { rawUserExpr } from '../../mapping/fields';
import { findEventIndex } from '../../source/eventIndexes';
import { eachDocument } from '../../source/source';
import type { RunContext } from '../context';
import { containsText, searchMatch, streamProfiles } from './profiles';

/** So many people are asked about by name; of more, everybody's events are read. */
export const MOST_FOUND = 5_000;

/**
 * The canonical users whose id, other ids, name or e-mail contain a text: from their documents, and from the
 * ids in an index of the events, which is skipped through from user to user. So what a search costs grows
 * with the number of people, not with that of their events. Null where no index begins with the user.
 */
export async function findSearched(
  context: RunContext<'users'>,
  search: string,
): Promise<Set<string> | null> {
  const { run, mapping, identities } = context;
  const { collection, fields, unwind } = mapping.events;
  const hint = unwind === undefined ? await findEventIndex(run, [fields.userId]) : undefined;
  if (hint === undefined) return null;
  const found = await findProfiles(context, search);
  const contains = containsText(search);
  // A canonical id may stand on no event and in no document.
  for (const [alias, canonical] of identities.aliases()) {
    if (contains(alias) || contains(canonical)) found.add(canonical);
  }
  const pipeline: Document[] = [
    { $group: { _id: rawUserExpr(mapping) } },
    { $project: { _id: 0, text: idTextExpr('$_id') } },
    { $match: { text: { $regex: escapeRegex(search), $options: 'i' } } },
  ];
  const named = run.aggregate<{ text: string }>(collection, pipeline, { purpose: 'ids found', hint });
  for await (const { text } of eachDocument(named)) found.add(identities.canonicalOf(text));
  return found;
}

async function findProfiles(context: RunContext<'users'>, search: string): Promise<Set<string>> {
  const found = new Set<string>();
  const stages = [{ $match: searchMatch(context, search) }];
  for await (const { userId } of streamProfiles(context, stages, { purpose: 'users found' }))
    found.add(userId);
  return found;
}

/** The same as a test of a user who has events, where no index tells their ids. */
export async function testSearched(
  context: RunContext<'users'>,
  search: string,
): Promise<(userId: string) => boolean> {
  const found = await findProfiles(context, search);
  const contains = containsText(search);
  return (userId) => found.has(userId) || context.identities.allIdsOf(userId).some(contains);
}
