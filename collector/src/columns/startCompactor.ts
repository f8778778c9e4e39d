import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import type { Logger } from 'pino';
import type { Metrics } from '../metrics';
import { compactorNewsSchema, type CompactorOrder, type CompactorWork } from './compactorThread';

/** A thread that ended by itself is started again after this. */
const RESTART_MS = 5_000;

const STOP_MS = 2_000;

export interface CompactorOptions {
  /** The collector's own program: it knows what to do in a thread. */
  readonly program: URL;
  readonly uri: string;
  readonly everyMs: number;
  readonly metrics: Metrics;
  readonly logger: Logger;
  databases(): string[];
}

/** The compactor beside the collector. */
export interface RunningCompactor {
  /** Hands over what databases there are now. */
  refresh(): void;
  stop(): Promise<void>;
}

/** Starts the thread that keeps column blocks up, and starts it again should it fail. */
export function startCompactor(options: CompactorOptions): RunningCompactor {
  const { program, uri, everyMs, metrics, logger } = options;
  const dirty = new Map<string, number>();
  const lag = new Map<string, number>();
  let worker: Worker | null = null;
  let isStopping = false;
  let restart: NodeJS.Timeout | undefined;
  const order = (message: CompactorOrder): void => worker?.postMessage(message);

  // The process' own flag gives the request path room for garbage; while it is set it overrides a thread's limit.
  setFlagsFromString('--max-semi-space-size=0');
  const begin = (): void => {
    const work: CompactorWork = { role: 'compactor', uri, everyMs, databases: options.databases() };
    const own = new Worker(program, {
      workerData: work,
      stdout: false,
      stderr: false,
      resourceLimits: { maxYoungGenerationSizeMb: 48 },
    });
    worker = own;
    own.on('message', (message: unknown) => {
      const news = compactorNewsSchema.parse(message);
      if ('error' in news) {
        metrics.columnsErrors.inc();
        logger.warn(
          { database: news.database, code: news.error, reason: news.reason },
          'column blocks could not be brought up to date',
        );
        return;
      }
      dirty.set(news.database, news.dirty);
      lag.set(news.database, news.lagSec);
      metrics.columnsBuilt.inc(news.built);
      metrics.columnsDirty.set([...dirty.values()].reduce((sum, parts) => sum + parts, 0));
      metrics.columnsLag.set(Math.max(...lag.values()));
    });
    own.on('error', (error) => {
      metrics.columnsErrors.inc();
      logger.error(
        { name: error instanceof Error ? error.name : 'unknown' },
        'the compactor failed; starting it again',
      );
    });
    own.on('exit', () => {
      if (worker === own) worker = null;
      if (!isStopping) restart = setTimeout(begin, RESTART_MS).unref();
    });
  };
  begin();

  return {
    refresh: () => order({ databases: options.databases() }),
    async stop() {
      isStopping = true;
      clearTimeout(restart);
      const own = worker;
      if (!own) return;
      const ended = new Promise<void>((resolve) => own.once('exit', () => resolve()));
      order({ stop: true });
      const timer = setTimeout(() => void own.terminate(), STOP_MS);
      await ended;
      clearTimeout(timer);
    },
  };
}
