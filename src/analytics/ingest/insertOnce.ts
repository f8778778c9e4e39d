import {
  BSON,
  type Collection,
  type Db,
  MongoBulkWriteError,
  MongoError,
  MongoInvalidArgumentError,
  MongoServerError,
  type OptionalUnlessRequiredId,
} from 'mongodb';
import { z } from 'zod';

/** What became of one document of a batch. */
export type InsertOutcome = 'stored' | 'duplicate' | { rejected: string };

const DUPLICATE_KEY = 11_000;

/** MongoDB’s limit for one document. */
const MAX_DOCUMENT_BYTES = 16 * 2 ** 20;

/** Server error codes that speak of the document itself, so that sending it again cannot help. */
const DOCUMENT_FAULTS: ReadonlyMap<number, string> = new Map([
  [2, 'the database cannot store a value in it'],
  [52, 'a field name in it is not allowed by the database'],
  [53, 'its id is not allowed by the database'],
  [56, 'a field name in it is empty'],
  [57, 'a field name in it is not allowed by the database'],
  [121, 'it does not pass the database’s own validation'],
  [10_334, 'it is too large for the database'],
  [15_974, 'a field name in it is not allowed by the database'],
  [17_280, 'a value in it is too large for an index'],
  [17_419, 'it is too large for the database'],
]);

/** What `insertOnce` may know besides. */
export interface InsertHints {
  /** The collection's own database. */
  db: Db;
  /** The documents as JSON have at most so many bytes, together. */
  jsonBytes: number;
}

/**
 * Documents whose JSON is no longer fit into one message as BSON too, which is at most six times as long (an array
 * of digits), so nobody needs to size each of them: measured, that is a quarter of what an insert costs its client.
 */
const DIRECT_JSON_BYTES = 2 * 2 ** 20;

/** The server's limit for one message's documents. */
export const DIRECT_DOCUMENTS = 50_000;

/** What the server says of a batch besides that it took it; without `writeErrors` it took all of it. */
const replySchema = z.object({
  writeErrors: z
    .array(
      z.object({
        index: z.int(),
        code: z.int(),
        keyPattern: z.unknown().optional(),
        errmsg: z.unknown().optional(),
      }),
    )
    .optional(),
  writeConcernError: z.object({ code: z.number().optional() }).optional(),
});

/**
 * Inserts a batch unordered and says what became of each document, in order. A duplicate `_id` is a success of
 * an earlier time.
 *
 * @throws the driver's error when nothing certain can be said of some document (no connection, no primary, no
 *   majority, any error without per-document results); then the whole batch must be inserted again.
 */
export async function insertOnce<T extends { _id: string }>(
  collection: Collection<T>,
  documents: readonly T[],
  hints?: InsertHints,
): Promise<InsertOutcome[]> {
  if (documents.length === 0) return [];
  if (hints && hints.jsonBytes <= DIRECT_JSON_BYTES && documents.length <= DIRECT_DOCUMENTS) {
    const outcomes = await insertDirectly(collection, { documents, count: documents.length }, hints.db);
    if (outcomes) return outcomes;
  }
  const outcomes = new Array<InsertOutcome>(documents.length).fill('stored');
  try {
    await collection.insertMany(documents as readonly OptionalUnlessRequiredId<T>[], { ordered: false });
    return outcomes;
  } catch (error) {
    if (!(error instanceof MongoError) || error instanceof MongoInvalidArgumentError) {
      return insertWithoutUnstorable(collection, documents, error);
    }
    if (!(error instanceof MongoBulkWriteError)) throw error;
    const { writeErrors } = error;
    const list = Array.isArray(writeErrors) ? writeErrors : [writeErrors];
    if (error.result.getWriteConcernError() !== undefined) throw error;
    // No connection, or nothing that could be sent over one.
    if (list.length === 0) return insertWithoutUnstorable(collection, documents, error);
    for (const { code, index, err } of list) {
      const outcome = outcomeOf(code, err);
      if (!outcome) throw error;
      outcomes[index] = outcome;
    }
    return outcomes;
  }
}

/**
 * One insert command, without the driver's own cutting into batches. Null when it came to nothing certain: the
 * driver's way, with its own repetition, is next.
 *
 * @param documents an array of them, or what stands for one in a command
 */
export async function insertDirectly<T extends { _id: string }>(
  collection: Collection<T>,
  { documents, count }: { documents: unknown; count: number },
  db: Db,
): Promise<InsertOutcome[] | null> {
  const { collectionName: insert, writeConcern } = collection;
  let answer: unknown;
  try {
    const command = {
      insert,
      documents,
      ordered: false,
      writeConcern: { w: writeConcern?.w, j: writeConcern?.journal },
    };
    answer = await db.command(command, { ignoreUndefined: true });
  } catch {
    return null;
  }
  const reply = replySchema.parse(answer);
  const outcomes = new Array<InsertOutcome>(count).fill('stored');
  for (const { index, code, keyPattern, errmsg } of reply.writeErrors ?? []) {
    const outcome = outcomeOf(code, { keyPattern, errmsg });
    if (!outcome) throw new MongoServerError({ message: 'a document was not stored', code });
    outcomes[index] = outcome;
  }
  if (reply.writeConcernError) {
    throw new MongoServerError({ message: 'no majority has the batch', code: reply.writeConcernError.code });
  }
  return outcomes;
}

/** What an error of one document means for it; undefined when it must be sent again. */
function outcomeOf(code: number, error: unknown): InsertOutcome | undefined {
  if (code === DUPLICATE_KEY) {
    return isOnId(error) ? 'duplicate' : { rejected: 'a unique index of the database refuses it' };
  }
  const fault = DOCUMENT_FAULTS.get(code);
  return fault === undefined ? undefined : { rejected: fault };
}

/** Whether a duplicate-key error is about `_id`; servers say it by the key pattern, or in the text. */
function isOnId(error: unknown): boolean {
  const pattern =
    typeof error === 'object' && error !== null && 'keyPattern' in error ? error.keyPattern : undefined;
  if (typeof pattern === 'object' && pattern !== null)
    return '_id' in pattern && Object.keys(pattern).length === 1;
  const text =
    typeof error === 'object' && error !== null && 'errmsg' in error && typeof error.errmsg === 'string'
      ? error.errmsg
      : '';
  return text === '' || text.includes('index: _id_');
}

/** The driver could not even encode the batch: sets the documents apart that cannot be, and inserts the rest. */
async function insertWithoutUnstorable<T extends { _id: string }>(
  collection: Collection<T>,
  documents: readonly T[],
  cause: unknown,
): Promise<InsertOutcome[]> {
  const fit = documents.map((document) => {
    try {
      return BSON.serialize(document).length <= MAX_DOCUMENT_BYTES;
    } catch {
      return false;
    }
  });
  if (fit.every(Boolean)) throw cause;
  const rest = await insertOnce(
    collection,
    documents.filter((_, index) => fit[index]),
  );
  return fit.map((ok) =>
    ok ? (rest.shift() ?? 'stored') : { rejected: 'the database cannot store a value in it' },
  );
}
