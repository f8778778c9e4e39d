import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, inject } from 'vitest';
import { type CollectorProcess, startCollector, temporaryFolder } from './runCollector';

/** What the tests of one file share, once they run. */
export interface SharedCollector {
  readonly client: MongoClient;
  readonly collector: CollectorProcess;
}

/**
 * Gives the tests of a file one collector on a database of their own, and ends it and drops the database (and
 * `others`) after them.
 */
export function useCollector(
  database: string,
  {
    env = {},
    others = [],
    nodeArgs = [],
  }: { env?: Record<string, string>; others?: string[]; nodeArgs?: string[] } = {},
): SharedCollector {
  let client: MongoClient | undefined;
  let collector: CollectorProcess | undefined;
  let remove: (() => Promise<void>) | undefined;
  beforeAll(async () => {
    const uri = inject('mongoUri');
    client = await MongoClient.connect(uri);
    const temporary = await temporaryFolder();
    remove = temporary.remove;
    collector = await startCollector({ uri, database, dataDir: temporary.folder, env, nodeArgs });
  });
  afterAll(async () => {
    await collector?.kill();
    await remove?.();
    for (const name of [database, ...others]) await client?.db(name).dropDatabase();
    await client?.close();
  });
  return {
    get client() {
      if (!client) throw new Error('the tests have not begun');
      return client;
    },
    get collector() {
      if (!collector) throw new Error('the tests have not begun');
      return collector;
    },
  };
}
