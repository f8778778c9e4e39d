import { COLLECTIONS } from './collections';
import { parseMapping, type Mapping, type MappingInput } from './mapping';

const waymark: MappingInput = {
  version: 1,
  name: 'waymark',
  events: {
    collection: COLLECTIONS.events,
    fields: {
      userId: 'userId',
      anonymousId: 'anonymousId',
      sessionId: 'sessionId',
      eventType: 'eventType',
      timestamp: 'timestamp',
      durationSec: 'durationSec',
      device: 'device',
      browser: 'browser',
      os: 'os',
      country: 'country',
      page: { url: 'page.url', path: 'page.path', title: 'page.title', referrer: 'page.referrer' },
      properties: 'properties',
    },
  },
  sessions: { collection: COLLECTIONS.sessions, fields: {} },
  users: {
    collection: COLLECTIONS.users,
    fields: {
      name: 'name',
      email: 'email',
      device: 'device',
      country: 'country',
      createdAt: 'createdAt',
      lastActiveAt: 'lastActiveAt',
      traits: 'traits',
    },
  },
  identities: { collection: COLLECTIONS.identities },
};

const userJourneyPlatform: MappingInput = {
  version: 1,
  name: 'user-journey-platform',
  events: {
    collection: 'events',
    fields: {
      userId: 'userId',
      sessionId: 'sessionId',
      eventType: 'eventType',
      timestamp: 'timestamp',
      durationSec: 'durationSec',
      device: 'device',
      country: 'country',
    },
  },
  sessions: { collection: 'sessions', fields: {} },
  users: {
    collection: 'users',
    fields: {
      name: 'name',
      email: 'email',
      device: 'device',
      country: 'country',
      createdAt: 'createdAt',
      traits: '.',
    },
  },
};

const mernTracker: MappingInput = {
  version: 1,
  name: 'mern-tracker',
  events: {
    collection: 'events',
    fields: {
      userId: 'userId',
      sessionId: 'sessionId',
      eventType: 'eventType',
      timestamp: 'timestamp',
      durationSec: 'metadata.duration',
      browser: { path: 'deviceInfo.browser', from: 'session' },
      os: { path: 'deviceInfo.os', from: 'session' },
      page: { url: 'metadata.pageUrl', path: { path: 'metadata.pageUrl', as: 'urlPath' } },
      properties: 'metadata',
    },
  },
  sessions: { collection: 'sessions', fields: {} },
  users: {
    collection: 'users',
    fields: {
      name: 'name',
      email: 'email',
      createdAt: 'createdAt',
      lastActiveAt: 'lastActiveAt',
      traits: '.',
    },
  },
};

/** The mappings that come with Waymark, by name. */
export const MAPPING_PRESETS: Readonly<Record<string, Mapping>> = {
  waymark: parseMapping(waymark),
  'user-journey-platform': parseMapping(userJourneyPlatform),
  'mern-tracker': parseMapping(mernTracker),
};

/** The mapping of Waymark's own collections. */
export const WAYMARK_MAPPING: Mapping = MAPPING_PRESETS['waymark'] as Mapping;
