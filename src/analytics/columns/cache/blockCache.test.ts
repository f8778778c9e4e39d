import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, readdir, rm, truncate, utimes, writeFile } from 'node:fs/promises';
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

const LINEAGE = 'of one numbering';
const NAME = createHash('sha256').update(LINEAGE).digest('hex').slice(0, 32);
const copyOf = ({ hash }: StoredPart): string => path.join(folder, NAME, hash);
const copies = (): Promise<string[]> => readdir(path.join(folder, NAME));

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
    await cache.read(part, LINEAGE);
    expect(await cache.read(part, LINEAGE)).toEqual(Buffer.alloc(1_000, 1));
    expect(await new BlockCache(folder).read(part, LINEAGE)).toEqual(Buffer.alloc(1_000, 1));
    expect(part.fetched).toBe(1);
  });

  test('fetches again what is cut off or damaged', async () => {
    const part = partOf(2);
    const cache = new BlockCache(folder);
    await cache.read(part, LINEAGE);
    await truncate(copyOf(part), 500);
    expect(await cache.read(part, LINEAGE)).toHaveLength(1_000);
    await writeFile(copyOf(part), Buffer.alloc(1_000, 9));
    expect(await cache.read(part, LINEAGE)).toEqual(Buffer.alloc(1_000, 2));
    expect(part.fetched).toBe(3);
    await cache.read(part, LINEAGE);
    expect(part.fetched).toBe(3);
    await rm(copyOf(part));
    await mkdir(copyOf(part));
    expect(await cache.read(part, LINEAGE)).toEqual(Buffer.alloc(1_000, 2));
    expect(part.fetched).toBe(4);
  });

  test('drops what a newer state of its columns no longer names, and nothing of others', async () => {
    const cache = new BlockCache(folder);
    const [old, current] = [partOf(1), partOf(2)];
    for (const part of [old, current]) await cache.read(part, LINEAGE);
    await cache.read(old, 'another');
    await cache.retain({ key: 'newer', lineage: LINEAGE, parts: [current] });
    expect(await copies()).toEqual([current.hash]);
    await cache.read(old, 'another');
    expect(old.fetched).toBe(2);
  });

  test('drops what was not used for longest when it grows beyond its limit', async () => {
    const cache = new BlockCache(folder, 3_500);
    const [first, second, third] = [partOf(1), partOf(2), partOf(3)] as const;
    for (const [index, part] of [first, second, third].entries()) {
      await cache.read(part, LINEAGE);
      await utimes(copyOf(part), index + 1, index + 1);
    }
    await cache.read(first, LINEAGE);
    await cache.read(partOf(4), LINEAGE);
    const kept = await copies();
    expect(kept).not.toContain(second.hash);
    expect(kept).toEqual(expect.arrayContaining([first.hash, third.hash]));
    expect(kept).toHaveLength(3);
  });

  test('drops what a process left half-written, and not what another one is writing', async () => {
    const cache = new BlockCache(folder);
    const part = partOf(7);
    await cache.read(part, LINEAGE);
    const [left, current] = ['11111111', '22222222'].map(
      (name) => `${copyOf(part)}.${name}-0000-4000-8000-000000000000.tmp`,
    ) as [string, string];
    for (const file of [left, current]) await writeFile(file, 'half');
    await utimes(left, 1, 1);
    await cache.retain({ key: 'later', lineage: LINEAGE, parts: [part] });
    expect((await copies()).sort()).toEqual([part.hash, path.basename(current)]);
  });

  test('is wiped, other files staying', async () => {
    const cache = new BlockCache(folder);
    await cache.read(partOf(5), LINEAGE);
    await writeFile(path.join(folder, NAME, 'notes.txt'), 'mine');
    expect(await cache.clear()).toBe(1_000);
    expect(await copies()).toEqual(['notes.txt']);
  });

  test('does without a folder that can’t be written', async () => {
    const file = path.join(folder, 'a file');
    await writeFile(file, '');
    expect(await new BlockCache(file).read(partOf(6), LINEAGE)).toHaveLength(1_000);
  });
});
