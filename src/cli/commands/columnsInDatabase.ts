import type { MongoClient } from 'mongodb';
import { runCompactors } from '../../analytics/columns/compact/runCompactors';
import type { PropertyColumn } from '../../analytics/columns/format/columnEvent';
import { describeColumns } from '../../analytics/columns/live/describeColumns';
import { buildColumns, clearColumns, verifyColumns } from '../../analytics/columns/manage/manageColumns';
import { WaymarkError } from '../../shared/errors';
import { explainDriverError } from '../../analytics/source/driverErrors';
import { createClient } from '../../analytics/source/openSource';
import type { Source } from '../../analytics/source/source';
import { addressOf, withOpenSource, type ConnectionOptions } from '../connection';
import { describeProgress, ProgressLine } from '../progress';
import { tell, write, type Terminal } from '../terminal';

export interface DatabaseColumnsOptions extends ConnectionOptions {
  readonly columnsDb?: string;
  readonly watch?: true;
}

type Action = 'build' | 'verify' | 'status' | 'declare' | 'clear';

/** Between two looks at the cluster's log. */
const WATCH_EVERY_MS = 1_000;

/** Columns that the database keeps itself: what `waymark columns` does without --store. */
export async function actOnDatabase(
  action: Action,
  declared: readonly PropertyColumn[],
  options: DatabaseColumnsOptions,
  terminal: Terminal,
): Promise<void> {
  const print = (value: unknown): Promise<void> =>
    write(terminal.stdout, `${JSON.stringify(value, null, 2)}\n`);
  const { signal } = terminal;
  await withOpenSource(options, terminal, async (source) => {
    const database = options.columnsDb ?? source.database;
    if (action === 'status') return print(await describeColumns(source, { database, signal }));
    await withWriter(options, terminal, source, database, async (client) => {
      const line = new ProgressLine(terminal);
      const onProgress = (done: number): void => line.show(describeProgress({ phase: 'events', done }));
      const columns = { source, client, database, signal, declared, onProgress };
      try {
        if (action === 'clear') return await clearColumns(columns);
        if (action === 'verify') {
          const verified = await verifyColumns(columns);
          line.clear();
          await print(verified);
          tell(
            terminal,
            verified.repaired === 0
              ? 'Every block agrees with the events.'
              : `${verified.repaired} of ${verified.parts} parts differed from the events and were built again.`,
          );
          return;
        }
        const built = await buildColumns(columns);
        line.clear();
        await print(built);
      } finally {
        line.clear();
      }
      if (action === 'build' && options.watch === true) await watch(client, source, database, terminal);
    });
  });
}

async function watch(
  client: MongoClient,
  source: Source,
  database: string,
  terminal: Terminal,
): Promise<void> {
  tell(terminal, 'Watching; stop with Ctrl-C.');
  let dirty = -1;
  await runCompactors({
    client,
    databases: () => [source.database],
    mapping: source.mapping,
    columnsDatabase: database,
    everyMs: WATCH_EVERY_MS,
    signal: terminal.signal,
    onStep(_, step) {
      if (step.built > 0 || step.dirty !== dirty) {
        tell(terminal, `${step.changes} changes, ${step.built} parts built, ${step.dirty} left.`);
      }
      dirty = step.dirty;
    },
    onError(_, error) {
      const sentence = explainDriverError(error, { hosts: source.hosts, database }).message;
      tell(terminal, `waymark: ${sentence} Trying again.`);
    },
  });
}

async function withWriter(
  options: ConnectionOptions,
  terminal: Terminal,
  source: Source,
  database: string,
  use: (client: MongoClient) => Promise<void>,
): Promise<void> {
  const { uri } = await addressOf(options, terminal);
  const client = createClient(uri, 'write');
  try {
    await use(client);
  } catch (error) {
    const explained = explainDriverError(error, { hosts: source.hosts, database: source.database });
    if (explained.code !== 'noRight') throw explained;
    throw new WaymarkError(
      'noRight',
      `To keep columns in the database "${database}" the account needs the role "readWrite" there. With reading rights alone, name a database of your own by --columns-db, or build them into a folder by --store.`,
      { cause: error },
    );
  } finally {
    await client.close();
  }
}
