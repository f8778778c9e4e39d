import type { MongoClient } from 'mongodb';
import { WaymarkError } from '../../../shared/errors';
import { WAYMARK_MAPPING } from '../../../shared/model/presets';
import { explainDriverError } from '../../source/driverErrors';
import type { Source } from '../../source/source';
import { Compactor } from '../compact/compactor';
import { keepImages } from '../compact/keepImages';
import type { PropertyColumn } from '../format/columnEvent';
import { ColumnStore } from '../live/columnStore';
import { describeColumns, type ColumnsStatus } from '../live/describeColumns';

/** Which columns, and who writes them. */
export interface ManagedColumns {
  /** The events, through their mapping. */
  readonly source: Source;
  /** A client of the same cluster with the right to write to `database`. */
  readonly client: MongoClient;
  /** Where the columns are kept; beside the events unless given. */
  readonly database?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface BuildColumns extends ManagedColumns {
  /** Declared besides what is declared already; a name's new type replaces the old one. */
  readonly declared?: readonly PropertyColumn[] | undefined;
  /** Events built so far. */
  readonly onProgress?: ((events: number) => void) | undefined;
}

const databaseOf = ({ source, database }: ManagedColumns): string => database ?? source.database;
const storeOf = (columns: ManagedColumns): ColumnStore =>
  new ColumnStore(columns.client.db(databaseOf(columns)));

/** Turns the driver's errors into sentences. */
async function explaining<T>(columns: ManagedColumns, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof WaymarkError) throw error;
    const { source, signal } = columns;
    throw explainDriverError(error, {
      hosts: source.hosts,
      database: databaseOf(columns),
      isCancelled: signal?.aborted,
    });
  }
}

async function openCompactor(columns: BuildColumns): Promise<Compactor> {
  const { source, client, signal, onProgress, declared } = columns;
  if (source.mapping.name === WAYMARK_MAPPING.name && databaseOf(columns) === source.database) {
    await keepImages(client.db(source.database), source.mapping.events.collection);
  }
  const database = databaseOf(columns);
  return new Compactor({ source, store: storeOf(columns), database, declared, signal, onProgress });
}

/** Works until nothing is left to be built. */
async function finish(compactor: Compactor, signal: AbortSignal | undefined): Promise<number> {
  let built = 0;
  for (;;) {
    const step = await compactor.step();
    built += step.built;
    if (signal?.aborted === true) throw new WaymarkError('cancelled', 'Building columns was cancelled.');
    if (step.isIdle) {
      throw new WaymarkError(
        'badInput',
        'Another compactor is at work on these columns; it keeps them up to date, or gives up within half a minute.',
      );
    }
    if (step.dirty === 0 && step.built === 0) return built;
  }
}

/**
 * Builds the columns of a database, or brings them up to date. Readers go on meanwhile, and see what is published so
 * far together with the events.
 * @throws WaymarkError of the source and of the writes; `cancelled`
 */
export async function buildColumns(columns: BuildColumns): Promise<ColumnsStatus> {
  return explaining(columns, async () => {
    const store = storeOf(columns);
    const state = await store.readState();
    const { declared = [], signal, source } = columns;
    if (state && declared.length > 0) {
      const kept = state.properties.filter(({ name }) => !declared.some((column) => column.name === name));
      await store.declare(state.lineage, [...kept, ...declared]);
    }
    const compactor = await openCompactor(columns);
    try {
      await finish(compactor, signal);
      await compactor.collect();
    } finally {
      await compactor.stop();
    }
    return describeColumns(source, { database: databaseOf(columns), signal });
  });
}

/** What a recount found. */
export interface ColumnsVerified {
  /** Parts of days that were read again. */
  readonly parts: number;
  /** Those of them whose blocks were not what the events are; built again. */
  readonly repaired: number;
  readonly events: number;
}

/**
 * Reads every event again and compares it with the blocks; what differs is replaced.
 * @throws WaymarkError of the source and of the writes; `cancelled`
 */
export async function verifyColumns(columns: BuildColumns): Promise<ColumnsVerified> {
  return explaining(columns, async () => {
    const compactor = await openCompactor(columns);
    try {
      await finish(compactor, columns.signal);
      const verified = await compactor.verify();
      await compactor.collect();
      return verified;
    } finally {
      await compactor.stop();
    }
  });
}

/** Removes the columns; events are not touched. */
export async function clearColumns(columns: ManagedColumns): Promise<void> {
  await explaining(columns, () => storeOf(columns).clear());
}
