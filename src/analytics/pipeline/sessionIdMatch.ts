import type { Document } from 'mongodb';
import type { Mapping } from '../../shared/model/mapping';

/** Matches of events by whether they have a session id; `inSession` is undefined when no event can have one. */
export function sessionIdMatches(mapping: Mapping): {
  readonly inSession: Document | undefined;
  readonly inNone: Document;
} {
  const path = mapping.events.fields.sessionId;
  if (path === undefined) return { inSession: undefined, inNone: {} };
  return { inSession: { [path]: { $ne: null } }, inNone: { [path]: null } };
}
