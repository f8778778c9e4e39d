import type { Document } from 'mongodb';
import { escapeRegex, storedIdForms } from '../../filters/conditions';
import { valueAt } from '../../mapping/documents';
import { accessUserField } from '../../mapping/fields';
import { idText, plainValue, valueText } from '../../mapping/storedText';
import type { AnyRunContext } from '../context';

/** What is known of a user beside events. Instants as ISO text. */
export interface Profile {
  readonly userId: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly device: string | null;
  readonly country: string | null;
  readonly createdAt: string | null;
  readonly lastActiveAt: string | null;
  readonly traits: Record<string, unknown>;
}

export function emptyProfile(userId: string): Profile {
  return {
    userId,
    name: null,
    email: null,
    device: null,
    country: null,
    createdAt: null,
    lastActiveAt: null,
    traits: {},
  };
}

const FIELDS = ['name', 'email', 'device', 'country', 'createdAt', 'lastActiveAt'] as const;

/** The fields of a profile that a user's document gives, under their own names. */
function profileProjection(context: AnyRunContext, withTraits: boolean): Document {
  const { mapping } = context;
  const fields = mapping.users?.fields;
  const traits = fields?.traits;
  return {
    _id: 0,
    id: `$${fields?.id ?? '_id'}`,
    ...Object.fromEntries(
      FIELDS.map((name) => [name, accessUserField(mapping, name).expr ?? { $literal: null }]),
    ),
    ...(withTraits && traits !== undefined ? { traits: traits === '.' ? '$$ROOT' : `$${traits}` } : {}),
  };
}

function readProfile(document: Document, userId: string): Profile {
  const text = (name: string): string | null => valueText(document[name]);
  const traits = plainValue(document['traits'] ?? {});
  return {
    userId,
    name: text('name'),
    email: text('email'),
    device: text('device'),
    country: text('country'),
    createdAt: text('createdAt'),
    lastActiveAt: text('lastActiveAt'),
    traits:
      traits !== null && typeof traits === 'object' && !Array.isArray(traits)
        ? (traits as Record<string, unknown>)
        : {},
  };
}

/** Streams profiles of canonical users that match, in the order asked for. */
export async function* streamProfiles(
  context: AnyRunContext,
  stages: readonly Document[],
  options: { readonly withTraits?: boolean; readonly purpose: string },
): AsyncGenerator<Profile> {
  const { run, mapping, identities } = context;
  const { users } = mapping;
  if (!users || !(await run.source.hasCollection(users.collection))) return;
  const pipeline = [...stages, { $project: profileProjection(context, options.withTraits === true) }];
  for await (const batch of run.aggregate<Document>(users.collection, pipeline, {
    purpose: options.purpose,
  })) {
    for (const document of batch) {
      const id = idText(valueAt(document, 'id'));
      if (id !== null && identities.canonicalOf(id) === id) yield readProfile(document, id);
    }
  }
}

const BATCH = 10_000;

/** The profiles of canonical users; users without a document are absent. */
export async function loadProfiles(
  context: AnyRunContext,
  userIds: readonly string[],
  withTraits = false,
): Promise<Map<string, Profile>> {
  const profiles = new Map<string, Profile>();
  const { users } = context.mapping;
  if (!users) return profiles;
  for (let at = 0; at < userIds.length; at += BATCH) {
    const forms = userIds.slice(at, at + BATCH).flatMap(storedIdForms);
    const stages = [{ $match: { [users.fields.id]: { $in: forms } } }];
    for await (const profile of streamProfiles(context, stages, { withTraits, purpose: 'profiles' })) {
      profiles.set(profile.userId, profile);
    }
  }
  return profiles;
}

/** The match of a search on users' documents: id, an alias, name or e-mail contains the text, whatever its case. */
export function searchMatch(context: AnyRunContext, search: string): Document {
  const fields = context.mapping.users?.fields;
  const regex = escapeRegex(search);
  const id = fields?.id ?? '_id';
  const contains = [id, fields?.name, fields?.email]
    .filter((path) => path !== undefined)
    .map((path) => ({ [path]: { $regex: regex, $options: 'i' } }));
  const isFound = containsText(search);
  const byAlias = new Set<string>();
  for (const [alias, canonical] of context.identities.aliases()) if (isFound(alias)) byAlias.add(canonical);
  const named = [search, ...byAlias].flatMap(storedIdForms);
  return { $or: [...contains, { [id]: { $in: named } }] };
}

/** Whether a text contains the search, whatever its case. */
export function containsText(search: string): (text: string) => boolean {
  const pattern = new RegExp(search.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'), 'iu');
  return (text) => pattern.test(text);
}
