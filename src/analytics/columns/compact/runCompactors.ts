import type { MongoClient } from 'mongodb';
import type { Mapping } from '../../../shared/model/mapping';
import { WAYMARK_MAPPING } from '../../../shared/model/presets';
import { Source } from '../../source/source';
import { ColumnStore } from '../live/columnStore';
import { Compactor, type StepResult } from './compactor';
import type { ReachedPoint } from './crashPoints';
import { keepImages } from './keepImages';

/** A step begins nothing new after this, so that several databases take turns. */
const STEP_MS = 5_000;

/** Blocks that nothing names any more are looked for so often. */
const COLLECT_EVERY_MS = 60_000;

const MAX_BACKOFF_MS = 30_000;

export interface CompactorsOptions {
  /** Writes to the primary. */
  readonly client: MongoClient;
  /** Which databases to look after; asked before each round. */
  databases(): readonly string[];
  readonly mapping?: Mapping | undefined;
  /** Where columns are kept; beside the events unless given. */
  readonly columnsDatabase?: string | undefined;
  /** Between two rounds. */
  readonly everyMs: number;
  readonly signal: AbortSignal;
  readonly reached?: ReachedPoint | undefined;
  onStep?(database: string, step: StepResult): void;
  /** A round that failed is tried again, later and later. */
  onError?(database: string, error: unknown): void;
}

/** Keeps the columns of databases up until the signal fires. */
export async function runCompactors(options: CompactorsOptions): Promise<void> {
  const { signal, everyMs } = options;
  const keepers = new Map<string, Keeper>();
  while (!signal.aborted) {
    for (const database of options.databases()) {
      const keeper = keepers.get(database) ?? new Keeper(database, options);
      keepers.set(database, keeper);
      if (!signal.aborted) await keeper.round();
    }
    await pause(everyMs, signal);
  }
  for (const keeper of keepers.values()) await keeper.stop();
}

/** One database and how its compactor fares. */
class Keeper {
  readonly #database: string;
  readonly #options: CompactorsOptions;
  #compactor: Compactor | null = null;
  #hasImages = false;
  #collectedAt = Date.now();
  #failures = 0;
  #notBefore = 0;

  constructor(database: string, options: CompactorsOptions) {
    this.#database = database;
    this.#options = options;
  }

  async round(): Promise<void> {
    if (Date.now() < this.#notBefore) return;
    try {
      const compactor = (this.#compactor ??= await this.#open());
      if (!this.#hasImages) await this.#askForImages();
      this.#options.onStep?.(this.#database, await compactor.step({ limitMs: STEP_MS, isPatient: true }));
      if (Date.now() - this.#collectedAt > COLLECT_EVERY_MS) {
        this.#collectedAt = Date.now();
        await compactor.collect();
      }
      this.#failures = 0;
    } catch (error) {
      if (this.#options.signal.aborted) return;
      this.#failures++;
      this.#notBefore = Date.now() + Math.min(MAX_BACKOFF_MS, 500 * 2 ** this.#failures);
      this.#options.onError?.(this.#database, error);
    }
  }

  async stop(): Promise<void> {
    await this.#compactor?.stop().catch(() => undefined);
  }

  async #askForImages(): Promise<void> {
    const mapping = this.#options.mapping ?? WAYMARK_MAPPING;
    // Other people's collections stay as they are: without images, removals are found by counting.
    const isOurs = mapping.name === WAYMARK_MAPPING.name;
    this.#hasImages =
      !isOurs || (await keepImages(this.#options.client.db(this.#database), mapping.events.collection));
  }

  async #open(): Promise<Compactor> {
    const {
      client,
      mapping = WAYMARK_MAPPING,
      columnsDatabase = this.#database,
      signal,
      reached,
    } = this.#options;
    const info = await client.db('admin').command({ buildInfo: 1 });
    const source = new Source({
      client,
      database: this.#database,
      mapping,
      serverVersion: String(info['version']),
      hosts: client.options.hosts.map((address) => address.toString()).join(', '),
      collections: new Set(),
    });
    const store = new ColumnStore(client.db(columnsDatabase));
    return new Compactor({ source, store, database: columnsDatabase, signal, reached });
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
    if (signal.aborted) done();
  });
}
