import { WaymarkError } from '../../../shared/errors';

/** Something done once for several who wait for it; given up when nobody waits any more. */
export class SharedWork<T> {
  readonly #control = new AbortController();
  readonly #result: Promise<T>;
  #waiting = 0;

  constructor(start: (signal: AbortSignal) => Promise<T>) {
    this.#result = start(this.#control.signal);
    this.#result.catch(() => undefined);
  }

  get isGivenUp(): boolean {
    return this.#control.signal.aborted;
  }

  /** The result. @throws what the work throws; WaymarkError `cancelled` once this caller's signal says so */
  wait(signal?: AbortSignal): Promise<T> {
    this.#waiting += 1;
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiting -= 1;
        if (this.#waiting === 0) this.#control.abort();
        reject(new WaymarkError('cancelled', 'The report was cancelled.'));
      };
      if (signal?.aborted === true) {
        leave();
        return;
      }
      signal?.addEventListener('abort', leave, { once: true });
      const stop = (): void => signal?.removeEventListener('abort', leave);
      this.#result.then(resolve, reject).finally(stop);
    });
  }
}
