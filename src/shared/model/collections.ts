/** The collections of a Waymark database. */
export const COLLECTIONS = {
  events: 'events',
  sessions: 'sessions',
  users: 'users',
  identities: 'identities',
  profiles: 'profiles',
  personMessages: 'personMessages',
  columnBlocks: 'columnBlocks',
  columnBuckets: 'columnBuckets',
  deadLetters: 'deadLetters',
} as const;

export type CollectionName = keyof typeof COLLECTIONS;

/** The database used when none is named. */
export const DEFAULT_DATABASE = 'waymark';
