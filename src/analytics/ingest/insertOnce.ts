import {
  BSON,
  type Collection,
  MongoBulkWriteError,
  MongoError,
  MongoInvalidArgumentError,
  type OptionalUnlessRequiredId,
} from 'mongodb';

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
): Promise<InsertOutcome[]> {
  const outcomes = new Array<InsertOutcome>(documents.length).fill('stored');
  if (documents.length === 0) return outcomes;
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
    if (list.length === 0 || error.result.getWriteConcernError() !== undefined) throw error;
    for (const { code, index, err } of list) {
      const fault = DOCUMENT_FAULTS.get(code);
      if (code === DUPLICATE_KEY && isOnId(err)) outcomes[index] = 'duplicate';
      else if (code === DUPLICATE_KEY)
        outcomes[index] = { rejected: 'a unique index of the database refuses it' };
      else if (fault !== undefined) outcomes[index] = { rejected: fault };
      else throw error;
    }
    return outcomes;
  }
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
