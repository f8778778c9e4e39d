import { Long, Timestamp, type CommandOperationOptions, type Db, type Document } from 'mongodb';
import { WaymarkError } from '../../shared/errors';
import type { ChangeBatch } from './snapshot';

interface ChangeCursor {
  /** One id in a thousand is below 2^53: the driver hands it out as a number, which a command would send as a double. */
  readonly id: Long | number;
  readonly firstBatch?: Document[];
  readonly nextBatch?: Document[];
  readonly postBatchResumeToken?: { readonly _data?: unknown };
}

/**
 * Reads a change stream batch by batch, each with the moment it is complete through: to its end, or through `until`
 * when that is given. The server's cursor is ended with the reading. The driver's own change stream would not tell
 * the moments.
 * @param pipeline begins with `$changeStream`
 * @throws the driver's errors
 */
export async function* readChanges(
  db: Db,
  call: CommandOperationOptions,
  pipeline: readonly Document[],
  { until, comment }: { readonly until?: Timestamp | undefined; readonly comment?: string | undefined },
): AsyncGenerator<ChangeBatch> {
  let cursorId: Long | null = null;
  try {
    let reply = await db.command(
      {
        aggregate: 1,
        pipeline: [...pipeline],
        cursor: { batchSize: 10_000 },
        ...(comment === undefined ? {} : { comment }),
      },
      call,
    );
    for (;;) {
      const cursor = reply['cursor'] as ChangeCursor;
      const changes = cursor.firstBatch ?? cursor.nextBatch ?? [];
      cursorId = typeof cursor.id === 'number' ? Long.fromNumber(cursor.id) : cursor.id;
      const through = momentOf(cursor.postBatchResumeToken);
      yield { changes, through };
      const isComplete = until === undefined || through.greaterThanOrEqual(until);
      if (changes.length === 0 && isComplete) return;
      reply = await db.command(
        {
          getMore: cursorId,
          collection: '$cmd.aggregate',
          batchSize: 10_000,
          // Nothing is waited for but the last step of a change that is under way.
          maxTimeMS: isComplete ? 1 : 50,
        },
        call,
      );
    }
  } finally {
    if (cursorId !== null) {
      await db.command({ killCursors: '$cmd.aggregate', cursors: [cursorId] }, call).catch(() => undefined);
    }
  }
}

/** The cluster time a resume token stands for: a timestamp is its first element (type byte 0x82, then 8 bytes). */
function momentOf(token: ChangeCursor['postBatchResumeToken']): Timestamp {
  const parts = /^82([0-9a-f]{8})([0-9a-f]{8})/i.exec(String(token?._data));
  if (!parts) throw new WaymarkError('badInput', 'The position of the change stream could not be read.');
  return new Timestamp({ t: parseInt(parts[1] ?? '', 16), i: parseInt(parts[2] ?? '', 16) });
}

const codeOf = (error: unknown): number =>
  typeof error === 'object' && error !== null && 'code' in error ? Number(error.code) : NaN;

/** Whether a change stream can't go back so far: the log of operations begins later. */
export function isHistoryLost(error: unknown): boolean {
  return [280, 286].includes(codeOf(error));
}

/** Whether a server refuses because it is no replica set, or because it is too old. */
export function isWithoutHistory(error: unknown): boolean {
  return [20, 40_573, 72, 123].includes(codeOf(error)) || isHistoryLost(error);
}
