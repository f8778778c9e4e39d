import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WorkerLane } from './lanes';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'waymark-lanes-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The file of a worker that does this with each message. */
function workerFile(name: string, onMessage: string): string {
  const file = path.join(folder, `${name}.cjs`);
  writeFileSync(
    file,
    `const { parentPort } = require('node:worker_threads'); parentPort.on('message', ({ id }) => { ${onMessage} });`,
  );
  return file;
}

describe.each([
  ['ends', 'process.exit(0);'],
  ['fails', "throw new Error('Out of luck.');"],
])('a worker thread that %s', (name, onMessage) => {
  test('fails the calls that wait for it and every later one', async () => {
    const lane = new WorkerLane(workerFile(name, onMessage));
    const calls = [1, 2].map((table) => lane.call('detach', { table }));
    for (const call of calls) await expect(call).rejects.toThrow(/Out of luck|has ended/);
    expect(lane.isEnded).toBe(true);
    await expect(lane.call('detach', { table: 3 })).rejects.toThrow('has ended');
    await lane.close();
  });
});

test('a worker without a file fails its calls', async () => {
  const lane = new WorkerLane(path.join(folder, 'none.cjs'));
  await expect(lane.call('detach', { table: 1 })).rejects.toThrow();
});

test('closing a thread holds its process until the thread has ended', () => {
  // With so much in its memory a thread takes a while to end.
  const file = workerFile(
    'answers',
    'globalThis.held ??= Array.from({ length: 1e6 }, (_, n) => ({ n })); parentPort.postMessage({ id });',
  );
  const program = path.join(folder, 'closes.mjs');
  writeFileSync(
    program,
    `import { WorkerLane } from ${JSON.stringify(pathToFileURL(path.join(import.meta.dirname, 'lanes.ts')).href)};
    const lane = new WorkerLane(${JSON.stringify(file)});
    await lane.call('detach', { table: 1 });
    void lane.call('detach', { table: 1 }).catch(() => undefined);
    // Its answer lies here by now, and is read only when the thread is being closed.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
    await lane.close();
    console.log('closed');`,
  );
  const { status, stdout } = spawnSync(process.execPath, ['--import', 'tsx', program], {
    encoding: 'utf8',
    cwd: path.resolve(import.meta.dirname, '../../../..'),
  });
  expect([status, stdout]).toEqual([0, 'closed\n']);
});
