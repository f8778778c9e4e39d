import { existsSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { WaymarkError, type ErrorCode } from '../../../shared/errors';
import { NotAColumn } from '../scan/notAColumn';
import { BlockError } from '../format/blockError';
import { isWhole, ownBuffers } from './ownBuffers';
import { TaskHandler, type TaskName, type Tasks } from './tasks';

/** Where tasks are done: this thread, or a worker. */
export interface Lane {
  /** Whether it can do nothing any more. */
  readonly isEnded: boolean;
  call<K extends TaskName>(name: K, input: Tasks[K]['input']): Promise<Tasks[K]['output']>;
  close(): Promise<void>;
}

/** How a failure comes back from a worker. */
export interface TaskFailure {
  readonly type: 'notAColumn' | 'block' | 'waymark' | 'other';
  readonly code?: ErrorCode;
  readonly message: string;
  readonly stack?: string | undefined;
}

export type TaskReply =
  { readonly id: number; readonly output: unknown } | { readonly id: number; readonly failure: TaskFailure };

/** A lane in this thread: for tables so small that a worker would take longer to start. */
export class LocalLane implements Lane {
  readonly isEnded = false;
  readonly #handler = new TaskHandler();

  call<K extends TaskName>(name: K, input: Tasks[K]['input']): Promise<Tasks[K]['output']> {
    // Lets a cancellation in before each task.
    return new Promise((resolve) => setImmediate(resolve)).then(() => this.#handler.handle(name, input));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

function toError(failure: TaskFailure): Error {
  if (failure.type === 'notAColumn') return new NotAColumn('', failure.message);
  if (failure.type === 'block') return new BlockError(failure.message);
  if (failure.type === 'waymark') return new WaymarkError(failure.code ?? 'internal', failure.message);
  const error = new Error(failure.message);
  if (failure.stack !== undefined) error.stack = failure.stack;
  return error;
}

const hasEnded = (): WaymarkError =>
  new WaymarkError('internal', 'A thread that scans columns has ended; the next report starts another.');

interface Pending {
  readonly resolve: (output: never) => void;
  readonly reject: (error: Error) => void;
}

/** A lane in a worker thread. */
export class WorkerLane implements Lane {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  #last = 0;
  #isEnded = false;
  #isClosing = false;

  constructor(file: string) {
    this.#worker = startWorker(file);
    // A lane that waits for work holds no process open.
    this.#worker.unref();
    this.#worker.on('message', (reply: TaskReply) => {
      const pending = this.#pending.get(reply.id);
      this.#pending.delete(reply.id);
      if (this.#pending.size === 0 && !this.#isClosing) this.#worker.unref();
      if ('failure' in reply) pending?.reject(toError(reply.failure));
      else pending?.resolve(reply.output as never);
    });
    const fail = (error: Error): void => {
      this.#isEnded = true;
      for (const pending of this.#pending.values()) pending.reject(error);
      this.#pending.clear();
    };
    this.#worker.on('error', fail);
    // Its call would wait for ever for an answer that can't be read.
    this.#worker.on('messageerror', fail);
    this.#worker.on('exit', () => fail(hasEnded()));
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  call<K extends TaskName>(name: K, input: Tasks[K]['input']): Promise<Tasks[K]['output']> {
    if (this.#isEnded) return Promise.reject(hasEnded());
    this.#last += 1;
    const id = this.#last;
    this.#worker.ref();
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.#worker.postMessage({ id, name, input }, handedOver(name, input));
    });
  }

  async close(): Promise<void> {
    // Whoever waits for the end must not be ended before it, also when a late answer comes meanwhile.
    this.#isClosing = true;
    this.#worker.ref();
    await this.#worker.terminate();
  }
}

/** What the asker has no more use for: what was staged is moved once, and stored bytes are read once. */
function handedOver<K extends TaskName>(name: K, input: Tasks[K]['input']): ArrayBuffer[] {
  if (name === 'scatter') return [...ownBuffers(input)];
  return 'bytes' in input && isWhole(input.bytes) ? [...ownBuffers(input.bytes)] : [];
}

/**
 * Columns are no objects, and scans make few. With room for more of them a thread would keep what they held, also large
 * buffers, for longer: about 8 MB a thread at five million events.
 */
const LIMITS = { maxYoungGenerationSizeMb: 2 };

function startWorker(file: string): Worker {
  if (!file.endsWith('.ts')) return new Worker(file, { resourceLimits: LIMITS });
  // From sources there is no bundle: the loader that runs them in development runs the worker too.
  const source = `import('tsx/esm/api').then(({ register }) => { register(); return import(${JSON.stringify(
    pathToFileURL(file).href,
  )}); });`;
  return new Worker(source, { eval: true, resourceLimits: LIMITS });
}

/**
 * The worker's file: `scanWorker.cjs` beside the running bundle, or the source; null when there is neither, and
 * everything runs in this thread.
 */
export function findWorkerFile(): string | null {
  const here = import.meta.url;
  const candidates = ['./scanWorker.cjs', './scanWorker.ts'].map((name) =>
    fileURLToPath(new URL(name, here)),
  );
  return candidates.find((file) => existsSync(file)) ?? null;
}
