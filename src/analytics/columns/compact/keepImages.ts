import { MongoServerError, type Db } from 'mongodb';

const NAMESPACE_NOT_FOUND = 26;

/**
 * Asks the server to keep what events were before they are changed or deleted, so that the log tells which hours that
 * concerns. It costs nothing while events are only added. Only for collections that are Waymark's own.
 * @returns whether asking again is of no use: done, or not possible here (MongoDB before 6.0, no right)
 */
export async function keepImages(db: Db, collection: string): Promise<boolean> {
  try {
    await db.command({ collMod: collection, changeStreamPreAndPostImages: { enabled: true } });
    return true;
  } catch (error) {
    if (!(error instanceof MongoServerError)) throw error;
    return error.code !== NAMESPACE_NOT_FOUND;
  }
}
