import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { readdir, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { StoredPart } from '../snapshot';
import { BlockCache } from './blockCache';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'waymark-cache-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A part of 1,000 bytes that counts how often it is fetched. */
function partOf(fill: number): StoredPart & { fetched: number } {
  const bytes = Buffer.alloc(1_000, fill);
  return {
    rows: 1,
    start: 0,
    end: 1,
    hash: createHash('sha256').update(bytes).digest('hex'),
    bytes: bytes.length,
    isRemote: true,
    fetched: 0,
    read() {
      this.fetched += 1;
      return Promise.resolve(bytes);
    },
  };
}

describe('the cache of blocks', () => {
  test('fetches a block once, in this process and the next', async () => {
    const part = partOf(1);
    const cache = new BlockCache(folder);
    await cache.read(part);
    expect(await cache.read(part)).toEqual(Buffer.alloc(1_000, 1));
    expect(await new BlockCache(folder).read(part)).toEqual(Buffer.alloc(1_000, 1));
    expect(part.fetched).toBe(1);
  });

  test('fetches again what is cut off or damaged', async () => {
    const part = partOf(2);
    const cache = new BlockCache(folder);
    await cache.read(part);
    await truncate(path.join(folder, part.hash), 500);
    expect(await cache.read(part)).toHaveLength(1_000);
    await writeFile(path.join(folder, part.hash), Buffer.alloc(1_000, 9));
    expect(await cache.read(part)).toEqual(Buffer.alloc(1_000, 2));
    expect(part.fetched).toBe(3);
    await cache.read(part);
    expect(part.fetched).toBe(3);
  });

  test('drops what was not used for longest when it grows beyond its limit', async () => {
    const cache = new BlockCache(folder, 3_500);
    const [first, second, third] = [partOf(1), partOf(2), partOf(3)] as const;
    for (const [index, part] of [first, second, third].entries()) {
      await cache.read(part);
      await utimes(path.join(folder, part.hash), index + 1, index + 1);
    }
    await cache.read(first);
    await cache.read(partOf(4));
    const kept = await readdir(folder);
    expect(kept).not.toContain(second.hash);
    expect(kept).toEqual(expect.arrayContaining([first.hash, third.hash]));
    expect(kept).toHaveLength(3);
  });

  test('is wiped, other files staying', async () => {
    const cache = new BlockCache(folder);
    await cache.read(partOf(5));
    await writeFile(path.join(folder, 'notes.txt'), 'mine');
    expect(await cache.clear()).toBe(1_000);
    expect(await readdir(folder)).toEqual(['notes.txt']);
  });

  test('does without a folder that can’t be written', async () => {
    const file = path.join(folder, 'a file');
    await writeFile(file, '');
    expect(await new BlockCache(file).read(partOf(6))).toHaveLength(1_000);
  });
});
