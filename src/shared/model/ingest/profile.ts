import type { Claim, Statement, StoredEvent, StoredPersonMessage, StoredProfile, StoredUser } from '../event';

/** What there is to add to the profile of one received id. */
export interface ProfileNews {
  id: string;
  firstAt: Date;
  lastAt: Date;
  identified: boolean;
  statements: Statement[];
  claims: Claim[];
}

/** A profile remembers at most this many statements, the latest ones, and claims, the earliest ones. */
export const MAX_STATEMENTS = 500;
export const MAX_CLAIMS = 100;

/**
 * The statements of a profile, and those that make a user, have at most about so many bytes together: a document
 * that the database refuses would keep everybody else's from being derived.
 */
export const MAX_STATEMENT_BYTES = 1_048_576;

const isLater = (a: Statement, b: Statement): boolean => {
  const difference = a.at.getTime() - b.at.getTime();
  return difference > 0 || (difference === 0 && a.by > b.by);
};

/** The order in which claims win: the earliest; ties by the target's code units, then forced first. */
export const compareClaims = (a: Claim, b: Claim): number =>
  a.at.getTime() - b.at.getTime() ||
  (a.target < b.target ? -1 : a.target > b.target ? 1 : Number(b.forced) - Number(a.forced));

/** What an event says about its ids. */
export interface EventAbout extends Pick<StoredEvent, '_id' | 'userId' | 'timestamp'> {
  readonly anonymousId?: string | undefined;
  readonly device?: string | undefined;
  readonly country?: string | undefined;
}

/** Adds what an event says about its ids to the news of a batch. */
export function noteEvent(news: Map<string, ProfileNews>, event: EventAbout): void {
  const { userId, anonymousId, timestamp } = event;
  const identified = anonymousId !== userId;
  const own = newsOf(news, userId, timestamp, identified);
  const by = event._id;
  if (event.device !== undefined) state(own, { name: 'device', value: event.device, at: timestamp, by });
  if (event.country !== undefined) state(own, { name: 'country', value: event.country, at: timestamp, by });
  if (identified && anonymousId !== undefined) claim(news, anonymousId, userId, timestamp, false);
}

/** Adds what an identify, group or alias call says to the news of a batch. */
export function notePersonMessage(news: Map<string, ProfileNews>, message: StoredPersonMessage): void {
  const { userId, timestamp, alias } = message;
  const own = newsOf(news, userId, timestamp, message.identified);
  for (const [name, value] of Object.entries(message.traits ?? {})) {
    state(own, { name: `trait:${name}`, value, at: timestamp, by: message._id });
  }
  if (alias !== undefined && alias !== userId) claim(news, alias, userId, timestamp, message.forced === true);
}

function newsOf(news: Map<string, ProfileNews>, id: string, at: Date, identified: boolean): ProfileNews {
  const known = news.get(id);
  if (!known) {
    const fresh = { id, firstAt: at, lastAt: at, identified, statements: [], claims: [] };
    news.set(id, fresh);
    return fresh;
  }
  if (at < known.firstAt) known.firstAt = at;
  if (at > known.lastAt) known.lastAt = at;
  known.identified ||= identified;
  return known;
}

function state(own: ProfileNews, statement: Statement): void {
  const index = own.statements.findIndex((known) => known.name === statement.name);
  const known = own.statements[index];
  if (!known) own.statements.push(statement);
  else if (isLater(statement, known)) own.statements[index] = statement;
}

function claim(
  news: Map<string, ProfileNews>,
  alias: string,
  target: string,
  at: Date,
  forced: boolean,
): void {
  const own = newsOf(news, alias, at, false);
  const known = own.claims.find((other) => other.target === target && other.forced === forced);
  if (!known) own.claims.push({ target, at, forced });
  else if (at < known.at) known.at = at;
}

/**
 * The profile with the news added, or null when they change nothing. Commutative and idempotent: the same news
 * in any order, any number of times, give the same profile.
 */
export function foldProfile(known: StoredProfile | undefined, news: ProfileNews): StoredProfile | null {
  if (!known) {
    return {
      _id: news.id,
      revision: 1,
      firstAt: news.firstAt,
      lastAt: news.lastAt,
      identified: news.identified,
      statements: keepLatest(news.statements),
      claims: keepEarliest(news.claims),
    };
  }
  let changed =
    news.firstAt < known.firstAt || news.lastAt > known.lastAt || (news.identified && !known.identified);
  const statements = new Map(known.statements.map((statement) => [statement.name, statement]));
  for (const statement of news.statements) {
    const before = statements.get(statement.name);
    if (before && !isLater(statement, before)) continue;
    statements.set(statement.name, statement);
    changed = true;
  }
  const claims = known.claims.map((known) => ({ ...known }));
  for (const added of news.claims) {
    const before = claims.find((other) => other.target === added.target && other.forced === added.forced);
    if (!before) claims.push({ ...added });
    else if (added.at < before.at) before.at = added.at;
    else continue;
    changed = true;
  }
  if (!changed) return null;
  return {
    _id: known._id,
    revision: known.revision + 1,
    firstAt: news.firstAt < known.firstAt ? news.firstAt : known.firstAt,
    lastAt: news.lastAt > known.lastAt ? news.lastAt : known.lastAt,
    identified: known.identified || news.identified,
    statements: keepLatest([...statements.values()]),
    claims: keepEarliest(claims),
  };
}

/** The latest statements that fit, in the order of their names. */
function keepLatest(statements: readonly Statement[]): Statement[] {
  const sizes = statements.map(({ name, value }) => sizeOf(name) + sizeOf(value) + STATEMENT_BYTES);
  const fits =
    statements.length <= MAX_STATEMENTS && sizes.reduce((sum, size) => sum + size, 0) <= MAX_STATEMENT_BYTES;
  const kept = fits ? [...statements] : [];
  if (!fits) {
    const order = statements.map((statement, index) => ({ statement, size: sizes[index] ?? 0 }));
    order.sort((a, b) => compareLatest(a.statement, b.statement));
    let bytes = 0;
    // Ends at the first that does not fit, so that it does not matter in which order they came.
    for (const { statement, size } of order) {
      bytes += size;
      if (bytes > MAX_STATEMENT_BYTES || kept.length >= MAX_STATEMENTS) break;
      kept.push(statement);
    }
  }
  return kept.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The latest first; those of one message by name. */
const compareLatest = (a: Statement, b: Statement): number =>
  isLater(a, b) ? -1 : isLater(b, a) ? 1 : a.name < b.name ? -1 : 1;

/** What a statement takes besides its name and value. */
const STATEMENT_BYTES = 300;

/** About the bytes of a JSON value in the database, never less: texts in UTF-8 take up to three bytes a unit. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return 3 * value.length + 8;
  if (typeof value !== 'object' || value === null) return 12;
  return Object.entries(value).reduce((sum, [key, member]) => sum + sizeOf(key) + sizeOf(member), 16);
}

const keepEarliest = (claims: Claim[]): Claim[] => [...claims].sort(compareClaims).slice(0, MAX_CLAIMS);

/** Folds the profiles of one person's ids into the document in `users`. */
export function foldUser(canonicalId: string, profiles: readonly StoredProfile[]): StoredUser | null {
  const [first] = profiles;
  if (!first) return null;
  let { firstAt: createdAt, lastAt: lastActiveAt } = first;
  const statements = new Map<string, Statement>();
  for (const profile of profiles) {
    if (profile.firstAt < createdAt) createdAt = profile.firstAt;
    if (profile.lastAt > lastActiveAt) lastActiveAt = profile.lastAt;
    for (const statement of profile.statements) {
      const before = statements.get(statement.name);
      if (!before || isLater(statement, before)) statements.set(statement.name, statement);
    }
  }
  const traits: Record<string, unknown> = {};
  for (const { name, value } of keepLatest([...statements.values()])) {
    if (name.startsWith('trait:') && value !== null) traits[name.slice('trait:'.length)] = value;
  }
  const user: StoredUser = { _id: canonicalId, createdAt, lastActiveAt, traits };
  const device = statements.get('device')?.value;
  const country = statements.get('country')?.value;
  const name = nameOf(traits);
  const email = textOf(traits['email']);
  if (name !== undefined) user.name = name;
  if (email !== undefined) user.email = email;
  if (typeof device === 'string') user.device = device;
  if (typeof country === 'string') user.country = country;
  return user;
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value.slice(0, 1_000) : undefined;

/** `name`, or first and last name in the spellings of the common SDKs. */
function nameOf(traits: Record<string, unknown>): string | undefined {
  const whole = textOf(traits['name']);
  if (whole !== undefined) return whole;
  const first = textOf(traits['firstName'] ?? traits['firstname'] ?? traits['first_name']);
  const last = textOf(traits['lastName'] ?? traits['lastname'] ?? traits['last_name']);
  return textOf([first, last].filter((part) => part !== undefined).join(' '));
}
