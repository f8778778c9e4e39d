import { MongoClient } from 'mongodb';
import { DatabaseSupply } from '../../../src/analytics/columns/live/databaseSupply';
import { buildColumns } from '../../../src/analytics/columns/manage/manageColumns';
import { executeReport } from '../../../src/analytics/execute/executeReport';
import { openSource } from '../../../src/analytics/source/openSource';
import { startReplicaSet } from '../../testing/mongod.ts';
import { loadBenchEvents } from '../benchData';
import { END_AT, type ColumnQuestion } from './questions';
import { TEXTBOOK_ANSWERS } from './textbookAnswers';

export interface MongoOptions {
  /** A running replica set instead of one of its own. */
  readonly uri: string | undefined;
  readonly database: string;
  /** Takes events and columns that an earlier run left in the database, and leaves them again. */
  readonly isLoaded: boolean;
}

/** The events in MongoDB: asked by the textbook's pipelines, by Waymark's, and through columns that are fetched anew. */
export interface MongoVoices {
  naive(question: ColumnQuestion): Promise<unknown[][]>;
  pipeline(question: ColumnQuestion): Promise<unknown[][]>;
  /** With nothing in memory, nothing on disk, no thread running. */
  cold(question: ColumnQuestion, threads: number, workerFile: string): Promise<unknown[][]>;
  close(): Promise<void>;
}

/** Loads events and builds their columns. */
export async function openMongoVoices(events: number, options: MongoOptions): Promise<MongoVoices> {
  const server = options.uri === undefined ? await startReplicaSet({}) : undefined;
  const uri = options.uri ?? server?.uri ?? '';
  const { database } = options;
  const client = await new MongoClient(uri).connect();
  const collection = client.db(database).collection('events');
  if (!options.isLoaded) {
    await client.db(database).dropDatabase();
    console.log(`Loading ${events.toLocaleString('en')} events into MongoDB …`);
    await loadBenchEvents(collection, events);
  }
  const source = await openSource({ uri, database });
  console.log('Building their columns …');
  await buildColumns({ source, client });
  return {
    naive: async ({ name }) => (await TEXTBOOK_ANSWERS[name]?.(collection)) ?? [],
    pipeline: async ({ report, rowsOf }) =>
      rowsOf(await executeReport({ report, source, now: END_AT, engine: 'pipeline' })),
    cold: async ({ report, rowsOf }, threads, workerFile) => {
      const columns = new DatabaseSupply(source, { engine: { threads, workerFile } });
      try {
        return rowsOf(await executeReport({ report, source, columns, now: END_AT, engine: 'columns' }));
      } finally {
        await columns.close();
      }
    },
    close: async () => {
      await source.close();
      if (!options.isLoaded) await client.db(database).dropDatabase();
      await client.close();
      await server?.stop();
    },
  };
}
