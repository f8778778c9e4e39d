import { readdirSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { build } from '../../../../scripts/build.mjs';

const OUT = path.resolve(import.meta.dirname, '../../../../out');

/** What a thread that scans must not load, by what its code says; each would cost its start, and its memory. */
const HEAVY = { arrow: 'RecordBatchStreamReader', zod: 'ZodError', zones: 'Africa/Abidjan' };

beforeAll(() => build(() => undefined), 240_000);

/** The files that a thread has loaded once it is ready. */
async function loadedBy(worker: string): Promise<string[]> {
  const thread = new Worker(
    `require(${JSON.stringify(worker)});
     require('node:worker_threads').parentPort.postMessage(Object.keys(require.cache));`,
    { eval: true },
  );
  const [files] = (await once(thread, 'message')) as unknown[];
  await thread.terminate();
  return z.array(z.string()).parse(files);
}

it.each(['main', 'cli'])(
  'a thread that scans (%s) loads neither Arrow nor zod nor time zones',
  async (program) => {
    const worker = path.join(OUT, program, 'scanWorker.cjs');
    const files = await loadedBy(worker);
    expect(files).toContain(worker);
    const found = files.flatMap((file) => {
      const code = readFileSync(file, 'utf8');
      return Object.entries(HEAVY).flatMap(([name, mark]) =>
        code.includes(mark) ? [`${name} in ${file}`] : [],
      );
    });
    expect(found).toEqual([]);
  },
);

it('and the marks by which they are known are in what else is shipped', () => {
  const shipped = readdirSync(path.join(OUT, 'main'))
    .filter((name) => name.endsWith('.cjs'))
    .map((name) => readFileSync(path.join(OUT, 'main', name), 'utf8'));
  for (const mark of Object.values(HEAVY)) expect(shipped.some((code) => code.includes(mark))).toBe(true);
});
