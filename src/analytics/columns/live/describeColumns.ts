import type { Document } from 'mongodb';
import { WaymarkError } from '../../../shared/errors';
import { COLLECTIONS } from '../../../shared/model/collections';
import { HOUR_MS } from '../../../shared/time/units';
import { clusterTimeMs } from '../../source/snapshot';
import { allDocuments, type Source } from '../../source/source';
import { propertyKey } from './assembleSnapshot';
import { segmentsOf, withUnknownDays } from './columnDay';
import { readBooks } from './documents';
import { addChanges, followChanges, noChanges } from './follow';
import { NoColumns } from './noColumns';

/** What there is of columns in a database, and how far it has come. */
export interface ColumnsStatus {
  readonly database: string;
  readonly mapping: string;
  /** Whether every event that was stored when they were begun is in a block. */
  readonly complete: boolean;
  readonly builtAt: string;
  /** First and last instant that blocks hold; null when they hold nothing. */
  readonly from: string | null;
  readonly through: string | null;
  /** Events in blocks that answer for them. */
  readonly events: number;
  readonly blocks: number;
  /** Of the blocks. */
  readonly bytes: number;
  readonly bytesPerEvent: number | null;
  /** Lists of user and session ids, which the blocks refer to. */
  readonly idBytes: number;
  readonly userIds: number;
  readonly sessionIds: number;
  readonly properties: readonly string[];
  readonly inexact: Readonly<Record<string, string>>;
  /** Hours that are read from the events until they are built. */
  readonly dirtyHours: number;
  /** How far the compactor is behind the cluster's log, s. */
  readonly lagSec: number;
  /** Changes that it has not noted yet. */
  readonly pendingChanges: number;
}

/**
 * Describes the columns of a database; reads no block.
 * @param database where they are kept; beside the events unless given
 * @throws NoColumns when there are none
 */
export async function describeColumns(
  source: Source,
  options: { readonly database?: string | undefined; readonly signal?: AbortSignal | undefined } = {},
): Promise<ColumnsStatus> {
  const home = source.inDatabase(options.database ?? source.database);
  const call = { comment: 'waymark columns status', signal: options.signal };
  const snapshot = await home.openSnapshot(COLLECTIONS.columnBuckets, call).catch((cause: unknown) => {
    const code = cause instanceof WaymarkError ? cause.code : null;
    if (code === 'noRight') throw new NoColumns('this account may not read them', { cause });
    if (code === 'badInput') throw new NoColumns('no columns have been built', { cause });
    throw cause;
  });
  const documents = home.find<Document>(COLLECTIONS.columnBuckets, {}, { ...call, snapshot });
  const books = readBooks(await allDocuments(documents));
  if (!books?.state.followed) throw new NoColumns('no columns have been built');
  const { state, users, sessions } = books;
  const changes = noChanges(state.followed ?? snapshot.at);
  const from = changes.through;
  const follow = {
    ...call,
    source: source.withMapping(state.mapping),
    declared: state.properties,
    from,
    snapshot,
  };
  for await (const more of followChanges(follow)) addChanges(changes, more);
  let rows = 0;
  let dirtyHours = 0;
  const inexact: Record<string, string> = {};
  const blocks: { from: number; end: number; bytes: number }[] = [];
  for (const day of withUnknownDays(books.days, changes.hours)) {
    for (const segment of segmentsOf(day, changes.hours)) {
      if (segment.kind === 'dirty') {
        dirtyHours += segment.to - segment.from;
        continue;
      }
      const { part } = segment;
      rows += part.rows;
      Object.assign(inexact, part.inexact);
      for (const { bytes, end } of part.blocks)
        blocks.push({ from: day.start + part.from * HOUR_MS, end, bytes });
    }
  }
  const bytes = blocks.reduce((sum, block) => sum + block.bytes, 0);
  const first = blocks[0];
  const last = blocks[blocks.length - 1];
  return {
    database: state.database,
    mapping: state.mapping.name,
    complete: state.complete,
    builtAt: state.builtAt.toISOString(),
    from: first ? new Date(first.from).toISOString() : null,
    through: last ? new Date(last.end - 1).toISOString() : null,
    events: rows,
    blocks: blocks.length,
    bytes,
    bytesPerEvent: rows === 0 ? null : Number((bytes / rows).toFixed(2)),
    idBytes: [...users.chunks, ...sessions.chunks].reduce((sum, chunk) => sum + chunk.bytes, 0),
    userIds: users.size,
    sessionIds: sessions.size,
    properties: state.properties.map((column) => `properties.${propertyKey(column)}`),
    inexact,
    dirtyHours,
    lagSec: Math.max(0, (clusterTimeMs(snapshot.at) - clusterTimeMs(from)) / 1_000),
    pendingChanges: changes.count,
  };
}
