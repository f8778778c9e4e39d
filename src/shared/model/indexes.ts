import type { CollectionName } from './collections';

export interface IndexSpec {
  readonly collection: CollectionName;
  readonly key: Readonly<Record<string, 1 | -1 | 'text'>>;
  readonly sparse?: true;
  /** Documents are removed this long after the indexed instant. */
  readonly expireAfterSeconds?: number;
  /** Why it is worth its cost at each insert. */
  readonly reason: string;
}

/** Every index of a Waymark database; nothing else creates one. */
export const INDEXES: readonly IndexSpec[] = [
  {
    collection: 'events',
    key: { userId: 1, timestamp: 1 },
    reason: 'one person’s journey; first event of each user',
  },
  {
    collection: 'events',
    key: { sessionId: 1, timestamp: 1 },
    reason: 'the events of a session; sessions that cross a range’s edge',
  },
  {
    collection: 'events',
    key: { eventType: 1, timestamp: 1, userId: 1 },
    reason: 'funnels and retention read only the index: the trailing userId covers them',
  },
  {
    collection: 'events',
    key: { timestamp: 1, userId: 1, sessionId: 1, eventType: 1 },
    reason:
      'ranges over all event types; the newest event. KPIs and trends of users and sessions read only the index: the trailing fields cover them',
  },
  { collection: 'sessions', key: { userId: 1, startedAt: -1 }, reason: 'a user’s sessions, newest first' },
  { collection: 'sessions', key: { startedAt: -1 }, reason: 'the newest sessions' },
  {
    collection: 'users',
    key: { email: 1 },
    sparse: true,
    reason: 'search by e-mail; two ids may share an address',
  },
  { collection: 'users', key: { lastActiveAt: -1 }, reason: 'users by last activity' },
  { collection: 'users', key: { name: 'text', email: 'text' }, reason: 'search by words' },
  { collection: 'users', key: { device: 1 }, reason: 'users by device' },
  { collection: 'users', key: { country: 1 }, reason: 'users by country' },
  { collection: 'identities', key: { canonicalId: 1 }, reason: 'all ids of one person' },
  {
    collection: 'personMessages',
    key: { receivedAt: 1 },
    expireAfterSeconds: 90 * 86_400,
    reason: 'a repeated message is recognised for 90 days',
  },
  {
    collection: 'deadLetters',
    key: { receivedAt: 1 },
    expireAfterSeconds: 30 * 86_400,
    reason: 'refused events are kept for 30 days',
  },
];
