import type { Document } from 'mongodb';
import type { Mapping } from '../../shared/model/mapping';

/** Events of the sessions with these stored ids. */
export function sessionMatch(path: string, rawIds: readonly unknown[]): Document {
  return { [path]: { $in: rawIds } };
}

/** Events without a session id. */
export function isInNoSession(mapping: Mapping): Document {
  const path = mapping.events.fields.sessionId;
  return path === undefined ? {} : { [path]: null };
}
