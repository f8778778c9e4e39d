import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { runCli } from '../cli/testing/runCli';
import type { Result } from '../shared/reports/result';
import { launchApp, waitUntilOpen } from './harness/app';
import { dropShop, fillShop } from './harness/shop';

const uri = inject('mongoUri');
const database = 'e2eBlockCache';
const report = { version: 1, kind: 'kpis', range: { from: '2026-06-01', to: '2026-06-28' } } as never;
const cache = mkdtempSync(path.join(tmpdir(), 'waymark-blocks-'));
let counted: unknown;

/** Starts the app on a folder of copies, asks for the key figures and ends it: the answer, by columns. */
async function askWithCopiesIn(folder: string): Promise<unknown> {
  const app = await launchApp({
    args: ['--uri', uri, '--db', database],
    env: { WAYMARK_BLOCK_CACHE: folder },
  });
  try {
    await waitUntilOpen(app.window);
    const { data, provenance } = await app.call('report.run', { report });
    expect(provenance.executor).toBe('columns');
    return data;
  } finally {
    await app.close();
  }
}

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
const isWhole = (file: string): boolean =>
  createHash('sha256').update(readFileSync(file)).digest('hex') === path.basename(file);

beforeAll(async () => {
  await fillShop({ uri, database, events: 2_000 });
  const file = path.join(cache, 'kpis.report.json');
  writeFileSync(file, JSON.stringify(report));
  const answer = await runCli(['run', file, '--uri', uri, '--db', database]);
  rmSync(file);
  counted = (JSON.parse(answer.stdout) as Result<'kpis'>).data;
  await runCli(['columns', 'build', '--uri', uri, '--db', database]);
});
afterAll(async () => {
  rmSync(cache, { recursive: true, force: true });
  await dropShop(uri, database);
});

describe('copies of blocks on disk', () => {
  it('are kept, and when they are damaged or cut off they are fetched again', async () => {
    expect(await askWithCopiesIn(cache)).toEqual(counted);
    const kept = filesIn(cache);
    expect(kept.length).toBeGreaterThan(1);
    expect(kept.every(isWhole)).toBe(true);
    for (const [index, file] of kept.entries()) {
      const bytes = readFileSync(file);
      writeFileSync(
        file,
        index % 2 === 0 ? bytes.subarray(0, bytes.length >> 1) : bytes.map((byte) => byte ^ 1),
      );
    }
    expect(await askWithCopiesIn(cache)).toEqual(counted);
    expect(filesIn(cache).sort()).toEqual(kept.sort());
    expect(kept.every(isWhole)).toBe(true);
  });

  it('are left out where the disk is full, and the answer is the same', async ({ skip }) => {
    const small = mkdtempSync(path.join(tmpdir(), 'waymark-full-'));
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', small]).status === 0;
    if (!mounted) skip('needs the right to mount a small disk');
    try {
      writeFileSync(path.join(small, 'filler'), Buffer.alloc(12 * 1024));
      expect(await askWithCopiesIn(small)).toEqual(counted);
      expect(filesIn(small).filter((file) => file.endsWith('.tmp'))).toEqual([]);
      expect(filesIn(small).length).toBeLessThan(filesIn(cache).length);
    } finally {
      spawnSync('umount', [small]);
      rmSync(small, { recursive: true, force: true });
    }
  });
});
