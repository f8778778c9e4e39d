/** A TCP port nobody listens on. */
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Systems give outgoing connections a port from 32768 upwards, so one from there may be taken by any of them before
 * whoever asked for it listens, or while it is down to be started again.
 */
const LOWEST = 20_000;
const HIGHEST = 32_767;

const TRIES = 200;

/**
 * @param {number} [preferred] taken when it is free
 * @returns {Promise<number>} a port that was free on 127.0.0.1 a moment ago, and that no outgoing connection takes
 */
export async function freePort(preferred) {
  if (preferred !== undefined && (await isFree(preferred))) return preferred;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const port = randomInt(LOWEST, HIGHEST + 1);
    if (await isFree(port)) return port;
  }
  throw new Error('No free TCP port.');
}

/**
 * @param {number} port
 * @returns {Promise<boolean>}
 */
function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}
