import { createHash } from 'node:crypto';
import type { Document, Timestamp } from 'mongodb';
import type { IdentityMap } from '../../identity/identityMap';
import { clusterTimeMs } from '../../source/snapshot';
import type { Inexact } from '../build/readEvents';
import { assembleBlock } from '../format/assembleBlock';
import type { Block } from '../format/block';
import type { ColumnEvent, PropertyColumn } from '../format/columnEvent';
import type { ColumnSnapshot, SnapshotPart } from '../snapshot';
import type { DaySegment } from './columnDay';
import type { ColumnBooks } from './documents';
import type { GrowingIds } from './growingIds';
import type { StoredBlocks } from './storedBlocks';

/** Where a segment lies, ms. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly segment: DaySegment;
}

/** A stretch of time that is read from the events, as it was after its last change. */
export interface RawStretch {
  readonly changed: Timestamp;
  /** When it was read. */
  readonly at: Timestamp;
  readonly events: readonly ColumnEvent[];
  readonly inexact: Inexact;
  /** Its events as a block, once they were asked for. */
  assembled?: { readonly block: Block; readonly key: string };
}

/** A list of ids; `numbering` where raw events need one. */
export interface Ids {
  readonly size: number;
  readonly numbering: GrowingIds | null;
  texts(): Promise<readonly (string | null)[]>;
}

/** A stretch by name. */
export const keyOf = ({ from, to }: Stretch): string => `${from}-${to}`;

/** Declared properties as blocks note them. */
export const propertyKey = ({ name, type }: PropertyColumn): string => `${name}:${type}`;

/** Declared properties as one text. */
export const shapeOf = (declared: readonly PropertyColumn[]): string =>
  JSON.stringify(declared.map(propertyKey));

interface Pieces {
  readonly books: ColumnBooks;
  readonly stretches: readonly Stretch[];
  /** By `keyOf` and `shapeOf`. */
  readonly raw: ReadonlyMap<string, RawStretch>;
  readonly at: Timestamp;
  readonly identities: { readonly at: Timestamp; readonly value: IdentityMap };
  readonly usersChanged: Timestamp | undefined;
  readonly users: Ids;
  readonly sessions: Ids;
  readonly blocks: StoredBlocks;
  profiles(): Promise<ReadonlyMap<string, Document>>;
}

/** Puts stored blocks and raw events together, in order of time. */
export function assembleSnapshot(pieces: Pieces): ColumnSnapshot {
  const { books, stretches, users, sessions, blocks, identities } = pieces;
  const { state } = books;
  const parts: SnapshotPart[] = [];
  const inexact: Record<string, string> = {};
  const identity = createHash('sha256');
  identity.update(
    JSON.stringify([
      state.lineage,
      books.users.revision,
      books.sessions.revision,
      shapeOf(state.properties),
      numberingOf(pieces),
    ]),
  );
  identity.update(`${String(identities.at)} ${String(pieces.usersChanged)}`);
  let common = state.properties;
  for (const stretch of stretches) {
    const { segment } = stretch;
    if (segment.kind === 'stored') {
      const { part } = segment;
      Object.assign(inexact, part.inexact);
      if (part.rows > 0) common = common.filter((column) => part.properties.includes(propertyKey(column)));
      for (const { hash, bytes, rows, end } of part.blocks) {
        identity.update(`\n${keyOf(stretch)} ${hash}`);
        parts.push({
          rows,
          start: stretch.from,
          end,
          hash,
          bytes,
          isRemote: true,
          read: () => blocks.read(hash),
        });
      }
      continue;
    }
    const read = pieces.raw.get(`${keyOf(stretch)} ${shapeOf(state.properties)}`);
    identity.update(`\n${keyOf(stretch)} raw ${String(segment.changed)} ${String(read?.at)}`);
    if (!read) continue;
    Object.assign(inexact, Object.fromEntries(read.inexact));
    const last = read.events[read.events.length - 1];
    if (!last) continue;
    parts.push({
      ...assembleRaw(stretch.from, read, pieces),
      rows: read.events.length,
      start: stretch.from,
      end: last.at + 1,
    });
  }
  // Ids that later snapshots number are none of this one's.
  const userCount = users.numbering?.size ?? users.size;
  const sessionCount = sessions.numbering?.size ?? sessions.size;
  return {
    key: identity.digest('hex'),
    lineage: state.lineage,
    database: state.database,
    mapping: state.mapping,
    asOf: new Date(clusterTimeMs(pieces.at)),
    isLive: true,
    properties: common,
    inexact,
    listedUsers: users.size,
    numbering: numberingOf(pieces),
    userCount,
    sessionCount,
    parts,
    userIds: async () => firstOf(await users.texts(), userCount),
    sessionIds: async () => firstOf(await sessions.texts(), sessionCount),
    identities: () => Promise.resolve(identities.value),
    profiles: () => pieces.profiles(),
  };
}

function firstOf<T>(texts: readonly T[], count: number): readonly T[] {
  return texts.length === count ? texts : texts.slice(0, count);
}

function numberingOf({ users, sessions }: Pick<Pieces, 'users' | 'sessions'>): string {
  return `${users.numbering?.name ?? ''} ${sessions.numbering?.name ?? ''}`;
}

/** Where no event has an id, nobody asks for its number. */
const NO_IDS: Pick<GrowingIds, 'ordinalOf' | 'isListed'> = {
  isListed: () => false,
  ordinalOf: () => {
    throw new Error('There are no ids.');
  },
};

/** Raw events as a block; the last one again where their ids have kept their numbers. */
function assembleRaw(
  start: number,
  read: RawStretch,
  pieces: Pieces,
): { readonly block: Block; readonly key: string } {
  const listed = `raw ${String(read.at)}`;
  const numbered = `${listed} ${numberingOf(pieces)}`;
  const users = pieces.users.numbering ?? NO_IDS;
  const sessions = pieces.sessions.numbering ?? NO_IDS;
  const isListed = ({ user, session }: Block): boolean =>
    user.every((ordinal) => users.isListed(ordinal)) &&
    session.every((code) => code === 0 || sessions.isListed(code - 1));
  const known = read.assembled;
  if (known && (known.key === numbered || (known.key === listed && isListed(known.block)))) return known;
  const block = assembleBlock(start, read.events, { users, sessions }, pieces.books.state.properties);
  return (read.assembled = { block, key: isListed(block) ? listed : numbered });
}
