/**
 * The small world that random streams and random reports share. It is small on purpose: with few users, types,
 * values and instants, ties, repeats, overlaps and window edges happen all the time instead of never.
 */

export const EVENT_TYPES = ['page_visit', 'signup', 'add_to_cart', 'purchase', 'click', 'Ünï😀'] as const;

/**
 * Ids as received; the last two order differently by UTF-16 units than by code points. Those that are a number's
 * or an ObjectId's text are stored now as the one, now as the other.
 */
export const USER_IDS = ['u1', 'u2', '10', '65a1b2c3d4e5f60718293a4b', 'anna', 'bob', '😀', '！'] as const;
export const ANONYMOUS_IDS = ['anon-1', 'anon-2', 'anon-3'] as const;
export const SESSION_IDS = ['s1', 's2', '1780000000000'] as const;

export const DEVICES = ['desktop', 'mobile', 'tablet'] as const;
export const COUNTRIES = ['DE', 'US', 'EG'] as const;
export const PATHS = ['/', '/a', '/a/b', '/Ä', '/pricing'] as const;

/** Property values that are alike but not equal, and those that are equal but not alike. */
export const PROPERTY_VALUES: Readonly<Record<string, readonly unknown[]>> = {
  plan: ['free', 'pro', 'PRO', 'Größe', 'größe', '', null],
  amount: [5, '5', '5.0', '1e1', 10, -3, '-3', 0, 0.1, 0.2, 19.99, 'abc', true, null],
  flag: [true, false, 'true', 'false', 1, null],
  tags: [['x', 'y'], ['X', null], [], [5, '5'], 'x', null],
  items: [
    [
      { sku: 'a', qty: 1 },
      { sku: 'b', qty: 2 },
    ],
    [{ sku: 'b' }, {}],
    [],
    { sku: 'a' },
  ],
  when: [
    new Date('2026-03-01T00:00:00.000Z'),
    '2026-03-01',
    '2026-03-01T00:00:00.000Z',
    new Date('2026-06-15T12:30:00.000Z'),
    'soon',
  ],
  info: [{ deep: { er: 'x' } }, { deep: 5 }, 'x'],
};

export const NAMES = ['Anna Alvarez', 'bob', 'Zoë', 'Ann'] as const;
export const EMAILS = ['anna@example.com', 'bob@example.org', 'ANN@example.com'] as const;
export const TRAITS: Readonly<Record<string, readonly unknown[]>> = {
  tier: ['gold', 'silver', null],
  score: [1, '1', 2.5],
};

/** Event fields that reports filter, break down and aggregate by, with values worth asking for. */
export const FIELD_VALUES: Readonly<Record<string, readonly (string | number | boolean)[]>> = {
  eventType: ['page_visit', 'purchase', 'Ünï😀', 'missing'],
  userId: ['u1', 'anon-1', 'anna'],
  sessionId: ['s1', 's2'],
  device: DEVICES,
  browser: ['Firefox', 'Chrome'],
  os: ['Linux', 'iOS'],
  country: COUNTRIES,
  'page.path': PATHS,
  'page.title': ['Home', 'Größe'],
  durationSec: [0, 0.5, 30, '30', 1.5],
  'properties.plan': ['pro', 'PRO', 'free', ''],
  'properties.amount': [5, '5', 10, '5.0', 0.1, true, '2026-03-01'],
  'properties.flag': [true, 'true', false, 1],
  'properties.tags': ['x', 5, '5', 'X'],
  'properties.items.sku': ['a', 'b'],
  'properties.items': ['a'],
  'properties.when': ['2026-03-01', '2026-03-01T00:00:00.000Z', '2026-06-01'],
  'properties.info.deep.er': ['x'],
  'properties.info': ['x'],
  'properties.nowhere': ['x'],
  'user.userId': ['u1', 'anna', 'anon-1', 'anon-2'],
  'user.name': ['Zoë', 'bob'],
  'user.email': ['anna@example.com'],
  'user.device': DEVICES,
  'user.country': COUNTRIES,
  'user.createdAt': ['2026-01-01', '2026-03-01T00:00:00.000Z'],
  'user.lastActiveAt': ['2026-03-01'],
  'user.traits.tier': ['gold', 'silver'],
  'user.tier': ['gold'],
  'user.traits.score': [1, '1', 2],
};

export const ZONES = [
  'Europe/Berlin',
  'America/New_York',
  'Africa/Cairo',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
] as const;

/** Local days on which the clocks of a zone jump, and ordinary ones. */
export const DAYS: Readonly<Record<(typeof ZONES)[number], readonly string[]>> = {
  'Europe/Berlin': ['2026-03-29', '2026-10-25', '2026-03-01'],
  'America/New_York': ['2026-03-08', '2026-11-01', '2026-03-01'],
  'Africa/Cairo': ['2026-04-24', '2026-10-29', '2026-03-01'],
  'Asia/Kolkata': ['2026-03-01', '2025-12-31'],
  'Australia/Lord_Howe': ['2026-04-05', '2026-10-04', '2026-03-01'],
};
