import type { Document } from 'mongodb';
import { accessUserField } from '../mapping/fields';
import { valueAt } from '../mapping/documents';
import { idText, valueText } from '../mapping/storedText';
import type { IdentityMap } from '../identity/identityMap';
import type { SourceRun } from '../source/sourceRun';

/**
 * The value of a `user.*` field for a breakdown, as text, by canonical user; null when the user has none.
 * @param field without the `user.` before it
 */
export async function loadUserValues(
  run: SourceRun,
  identities: IdentityMap,
  field: string,
): Promise<(canonicalId: string) => string | null> {
  if (field === 'userId') return (canonicalId) => canonicalId;
  const { mapping } = run.source;
  const { users } = mapping;
  if (!users || !(await run.source.hasCollection(users.collection))) return () => null;
  const values = new Map<string, string>();
  const pipeline: Document[] = [
    { $project: { _id: 0, id: `$${users.fields.id}`, value: accessUserField(mapping, field).expr } },
  ];
  for await (const batch of run.aggregate<{ id: unknown; value?: unknown }>(users.collection, pipeline, {
    purpose: `user.${field} of each user`,
  })) {
    for (const document of batch) {
      const id = idText(valueAt(document, 'id'));
      const value = valueText(document.value);
      if (id !== null && value !== null && identities.canonicalOf(id) === id) values.set(id, value);
    }
  }
  return (canonicalId) => values.get(canonicalId) ?? null;
}
