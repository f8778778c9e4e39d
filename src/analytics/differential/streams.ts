import fc from 'fast-check';
import type { StoredEvent, StoredIdentity, StoredUser } from '../../shared/model/event';
import type { Stored } from '../reference/world';
import {
  ANONYMOUS_IDS,
  COUNTRIES,
  DAYS,
  DEVICES,
  EMAILS,
  EVENT_TYPES,
  NAMES,
  PATHS,
  PROPERTY_VALUES,
  SESSION_IDS,
  TRAITS,
  USER_IDS,
  ZONES,
} from './vocabulary';

/** A random database, and what reports on it need to know to hit something. */
export interface Stream {
  readonly stored: Stored;
  readonly zone: (typeof ZONES)[number];
  /** A UTC day (ms) near the middle of the events. */
  readonly anchor: number;
  /** How far events lie from the anchor, either way (ms). */
  readonly reach: number;
  /** The clock of the run (ms): mostly after the newest event, sometimes among them. */
  readonly now: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Mostly the value, sometimes null, sometimes nothing at all. */
function sparse<T>(values: readonly T[], missing: number): fc.Arbitrary<T | null | undefined> {
  return fc.oneof(
    { weight: 10 - missing, arbitrary: fc.constantFrom(...values) },
    { weight: missing, arbitrary: fc.constantFrom<null | undefined>(null, undefined, undefined) },
  );
}

/**
 * Moments that lie on a coarse grid, so that they tie and stand exactly a window or a gap apart, and now and
 * then a millisecond beside it, so that edges are just met and just missed.
 */
function moments(reach: number): fc.Arbitrary<number> {
  const grid =
    reach > 3 * DAY ? [DAY, 12 * HOUR, HOUR, 30 * MINUTE] : [HOUR, 30 * MINUTE, 10 * MINUTE, MINUTE];
  return fc.constantFrom(...grid).chain((step) => {
    const most = Math.floor(reach / step);
    return fc
      .tuple(fc.integer({ min: -most, max: most }), fc.constantFrom(0, 0, 0, 0, 1, -1))
      .map(([position, jitter]) => position * step + jitter);
  });
}

interface EventSeed {
  readonly offset: number;
  readonly user: string;
  readonly type: string;
  readonly session: string | null | undefined;
  readonly device: string | null | undefined;
  readonly country: string | null | undefined;
  readonly browser: string | null | undefined;
  readonly path: string | null | undefined;
  readonly duration: number | null | undefined;
  readonly properties: Record<string, unknown>;
  readonly title: boolean;
}

function withoutUndefined<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
}

function eventSeeds(
  reach: number,
  sessions: 'all' | 'some' | 'none',
  users: readonly string[],
): fc.Arbitrary<EventSeed> {
  const session =
    sessions === 'none'
      ? fc.constant(undefined)
      : sessions === 'all'
        ? fc.constantFrom(...SESSION_IDS)
        : sparse(SESSION_IDS, 5);
  const properties = Object.entries(PROPERTY_VALUES).map(([name, values]) =>
    fc
      .tuple(fc.integer({ min: 0, max: 2 }), fc.constantFrom(...values))
      .map(([given, value]) => (given === 0 ? [] : [[name, value] as const])),
  );
  return fc.record({
    offset: moments(reach),
    user: fc.constantFrom(...users),
    type: fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...EVENT_TYPES) },
      { weight: 3, arbitrary: fc.constantFrom(...EVENT_TYPES.slice(0, 3)) },
    ),
    session,
    device: sparse(DEVICES, 2),
    country: sparse(COUNTRIES, 3),
    browser: sparse(['Firefox', 'Chrome'], 4),
    path: sparse(PATHS, 3),
    duration: sparse([0, 0.5, 1.2345, 30, 600], 5),
    properties: fc.tuple(...properties).map((pairs) => Object.fromEntries(pairs.flat())),
    title: fc.boolean(),
  });
}

function toEvent(seed: EventSeed, index: number, anchor: number): StoredEvent {
  const page =
    seed.path === undefined
      ? undefined
      : withoutUndefined({ path: seed.path, title: seed.title ? 'Home' : undefined });
  return withoutUndefined({
    _id: `e${String((index * 7919) % 10_007).padStart(5, '0')}`,
    userId: seed.user,
    sessionId: seed.session,
    eventType: seed.type,
    timestamp: new Date(anchor + seed.offset),
    receivedAt: new Date(anchor + seed.offset + MINUTE),
    durationSec: seed.duration,
    device: seed.device,
    browser: seed.browser,
    os: seed.browser === 'Firefox' ? 'Linux' : undefined,
    country: seed.country,
    page,
    properties: seed.properties,
  }) as unknown as StoredEvent;
}

interface Profile {
  readonly name: string | null | undefined;
  readonly email: string | null | undefined;
  readonly device: string | null | undefined;
  readonly country: string | null | undefined;
  /** Days from the anchor. */
  readonly created: number;
  readonly tier: unknown;
  readonly score: unknown;
}

const profiles: fc.Arbitrary<Profile> = fc.record({
  name: sparse(NAMES, 3),
  email: sparse(EMAILS, 3),
  device: sparse(DEVICES, 3),
  country: sparse(COUNTRIES, 3),
  created: fc.integer({ min: -40, max: 3 }),
  tier: sparse(TRAITS['tier'] ?? [], 2),
  score: sparse(TRAITS['score'] ?? [], 2),
});

function toUser(id: string, profile: Profile, anchor: number): StoredUser {
  return withoutUndefined({
    _id: id,
    name: profile.name,
    email: profile.email,
    device: profile.device,
    country: profile.country,
    createdAt: new Date(anchor + profile.created * DAY),
    lastActiveAt: new Date(anchor + (profile.created + 2) * DAY),
    traits: withoutUndefined({ tier: profile.tier, score: profile.score }),
  }) as unknown as StoredUser;
}

const setting = fc.constantFrom(...ZONES).chain((zone) =>
  fc.record({
    zone: fc.constant(zone),
    day: fc.constantFrom(...DAYS[zone]),
    reach: fc.constantFrom(2 * HOUR, 2 * DAY, 10 * DAY, 45 * DAY),
    sessions: fc.constantFrom<'all' | 'some' | 'none'>('all', 'some', 'none', 'some'),
    users: fc.shuffledSubarray([...USER_IDS, ...ANONYMOUS_IDS], { minLength: 1, maxLength: 7 }),
  }),
);

/** The fewest events of a stream: none now and then, mostly enough to say something. */
const amounts = fc.constantFrom(0, 10, 30, 50, 70);

/** Random databases: few users, many ties and repeats, late and duplicate events, merges, clock changes. */
export const streams: fc.Arbitrary<Stream> = fc.noBias(
  setting.chain(({ zone, day, reach, sessions, users }) => {
    const anchor = Date.parse(`${day}T00:00:00Z`);
    return fc
      .record({
        seeds: amounts.chain((minLength) =>
          fc.array(eventSeeds(reach, sessions, users), { minLength, maxLength: minLength + 25, size: 'max' }),
        ),
        copies: fc.array(fc.nat(1_000), { maxLength: 6 }),
        aliases: fc.array(fc.tuple(fc.constantFrom(...ANONYMOUS_IDS), fc.constantFrom(...USER_IDS)), {
          maxLength: 3,
        }),
        profiles: fc.array(profiles, { minLength: users.length, maxLength: users.length }),
        known: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: users.length, maxLength: users.length }),
        now: fc.constantFrom(reach + DAY, reach * 3, 60 * DAY, reach / 2, 5 * MINUTE),
      })
      .map((drawn): Stream => {
        const duplicates = drawn.copies.flatMap(
          (index) => drawn.seeds[index % Math.max(1, drawn.seeds.length)] ?? [],
        );
        const events = [...drawn.seeds, ...duplicates].map((seed, index) => toEvent(seed, index, anchor));
        const identities = new Map<string, StoredIdentity>(
          drawn.aliases.map(([alias, canonical]) => [
            alias,
            { _id: alias, canonicalId: canonical, linkedAt: new Date(anchor) },
          ]),
        );
        const stored = users.flatMap((id, index) => {
          const profile = drawn.profiles[index];
          return profile === undefined || drawn.known[index] === 0 ? [] : [toUser(id, profile, anchor)];
        });
        return {
          stored: { events, users: stored, identities: [...identities.values()] },
          zone,
          anchor,
          reach,
          now: anchor + drawn.now,
        };
      });
  }),
);
