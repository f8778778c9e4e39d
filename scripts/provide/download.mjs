/** Downloads with a progress bar, a quick answer when the host is out of reach, and a checksum. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { progressBar } from './progressBar.mjs';

const ANSWER_WITHIN_MS = 5_000;
const STALLED_AFTER_MS = 30_000;

/**
 * @param {string} url
 * @returns {Promise<boolean>} whether its host answers at all within a few seconds
 */
export async function isReachable(url) {
  return requestQuickly(url, { method: 'HEAD', redirect: 'manual' }).then(
    () => true,
    () => false,
  );
}

/**
 * Downloads `url` to `file` and checks that it is what was expected.
 * @param {string} url
 * @param {string} file
 * @param {string} sha256 expected checksum, hexadecimal
 */
export async function download(url, file, sha256) {
  const stalled = new AbortController();
  const response = await requestQuickly(url, {}, stalled);
  if (!response.ok || !response.body) throw new Error(`${url} answered ${response.status}`);

  const bar = progressBar(`downloading ${new URL(url).pathname.split('/').pop()}`);
  const total = Number(response.headers.get('content-length')) || null;
  let received = 0;
  let watchdog = setTimeout(() => stalled.abort(), STALLED_AFTER_MS);
  const body = Readable.fromWeb(/** @type {any} */ (response.body));
  body.on('data', (chunk) => {
    received += chunk.length;
    bar.update(received, total);
    clearTimeout(watchdog);
    watchdog = setTimeout(() => stalled.abort(), STALLED_AFTER_MS);
  });
  try {
    await pipeline(body, createWriteStream(file));
  } catch (error) {
    throw new Error(`${url} broke off after ${received} bytes`, { cause: error });
  } finally {
    clearTimeout(watchdog);
    bar.end();
  }
  await verifyChecksum(file, sha256);
}

/**
 * Throws unless the file has the checksum.
 * @param {string} file
 * @param {string} sha256 hexadecimal
 */
export async function verifyChecksum(file, sha256) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  const actual = hash.digest('hex');
  if (actual !== sha256) throw new Error(`${file} has the checksum ${actual}, expected ${sha256}`);
}

/**
 * `fetch` that gives up when no answer has begun after a few seconds.
 * @param {string} url
 * @param {RequestInit} init
 * @param {AbortController} [controller]
 */
async function requestQuickly(url, init, controller = new AbortController()) {
  const timer = setTimeout(() => controller.abort(), ANSWER_WITHIN_MS);
  try {
    return await fetch(url, { ...init, signal: controller.signal });
  } catch (error) {
    throw new Error(`${new URL(url).host} is out of reach`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}
