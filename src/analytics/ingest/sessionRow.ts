import type { StoredEvent } from '../../shared/model/event';
import type { SessionEvent } from '../../shared/model/ingest/sessionize';

/** The fields of an event that a session is made of. */
export const SESSION_FIELDS = {
  userId: 1,
  sessionId: 1,
  timestamp: 1,
  'page.path': 1,
  'page.url': 1,
  device: 1,
  browser: 1,
  os: 1,
  country: 1,
  ip: 1,
} as const;

/** An event read with those fields. */
export type SessionRow = SessionEvent & Pick<StoredEvent, 'userId' | 'sessionId'>;
