import { Worker } from 'node:worker_threads';

/** Asks in a thread of its own, for whoever sends a load is too busy to say when an answer came. */
const ASK = `
const { parentPort, workerData } = require('node:worker_threads');
let goesOn = true;
parentPort.once('message', () => (goesOn = false));
(async () => {
  const waitsMs = [];
  while (goesOn) {
    const startedAt = performance.now();
    const { status } = await fetch(workerData + '/livez');
    if (status !== 200) throw new Error('/livez answered ' + status);
    waitsMs.push(performance.now() - startedAt);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  parentPort.postMessage(waitsMs);
})();
`;

/**
 * Asks a collector for `/livez` ten times a second until it is stopped, which gives the answers' times in
 * milliseconds, ascending; it rejects when one was not 200.
 */
export function watchLiveness(url: string): { stop(): Promise<number[]> } {
  const worker = new Worker(ASK, { eval: true, workerData: url });
  const waits = new Promise<number[]>((resolve, reject) => {
    worker.once('message', (message: unknown) => {
      resolve(Array.isArray(message) ? message.map(Number).sort((a, b) => a - b) : []);
    });
    worker.once('error', reject);
  });
  waits.catch(() => undefined);
  return {
    stop: () => {
      worker.postMessage('stop');
      return waits;
    },
  };
}
