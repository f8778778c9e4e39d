import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { assembleBlock } from './assembleBlock';
import type { Block } from './block';
import { asColumns, type BlockColumns } from './blockColumns';
import { BlockError } from './blockError';
import { readIndex } from './blockIndex';
import { TEXT_FIELDS, type ColumnEvent } from './columnEvent';
import { decodeBlock } from './decode';
import { encodeBlock } from './encode';
import { openBlock } from './openBlock';
import { Ordinals } from './ordinals';

const START = Date.UTC(2026, 0, 1);
const DECLARED = [
  { name: 'amount', type: 'number' },
  { name: 'when', type: 'date' },
  { name: 'isMember', type: 'boolean' },
] as const;

function blockOf(length: number, start = START): Block {
  const events = Array.from({ length }, (_, index): ColumnEvent => ({
    id: String(index),
    at: start + index * 1_000,
    userId: `user ${index % 4}`,
    sessionId: index % 3 === 0 ? null : `session ${index % 5}`,
    durationSec: index % 2 === 0 ? null : index / 10,
    texts: {
      eventType: index % 7 === 0 ? 'buy' : 'view',
      device: index % 4 === 0 ? null : 'mobile',
      'page.url': `https://shop.test/${'é'.repeat(index % 9)}/${index % 1_000}`,
    },
    properties: {
      amount: index % 6 === 0 ? null : index * 1.5,
      when: index % 5 === 0 ? null : start - index,
      isMember: index % 3 === 0 ? null : index % 2 === 0,
    },
  }));
  return assembleBlock(start, events, { users: new Ordinals(), sessions: new Ordinals() }, DECLARED);
}

type Values = ArrayLike<number | string>;

/** Rows that differ; `toEqual` takes seconds for long arrays. */
function differing(given: Values | null, wanted: Values | null): number[] {
  const rows = Array.from({ length: Math.max(given?.length ?? 0, wanted?.length ?? 0) }, (_, row) => row);
  return rows.filter((row) => !Object.is(given?.[row], wanted?.[row])).slice(0, 5);
}

/** Rows in which a column differs, by column; none where all are the same. */
function differences(opened: BlockColumns, made: BlockColumns, texts: readonly string[]): unknown[] {
  const columns: (readonly [string, (block: BlockColumns) => Values | null])[] = [
    ['offset', (block) => block.offsets()],
    ['user', (block) => block.users()],
    ['session', (block) => block.sessions()],
    ...['durationSec', 'properties.amount', 'properties.when'].map(
      (name) => [name, (block: BlockColumns) => block.numbers(name)] as const,
    ),
    ...texts.flatMap((name) => [
      [`${name} codes`, (block: BlockColumns) => block.text(name).codes] as const,
      [name, (block: BlockColumns) => block.text(name).values] as const,
    ]),
  ];
  return columns
    .map(([name, valuesOf]) => [name, ...differing(valuesOf(opened), valuesOf(made))])
    .filter(({ length }) => length > 1);
}

function expectSame(opened: BlockColumns, made: BlockColumns, texts: readonly string[]): void {
  expect([opened.start, opened.rows]).toEqual([made.start, made.rows]);
  expect(differences(opened, made, texts)).toEqual([]);
  expect(opened.has('properties.nowhere')).toBe(false);
}

test.each([1, 21, 3_000, 20_000])(
  'a block of %i rows gives the columns it was made of, by its index as through Arrow',
  async (rows) => {
    const made = blockOf(rows);
    const bytes = await encodeBlock(made);
    expect((await openBlock(bytes)).isKept).toBe(false);
    const texts = [...TEXT_FIELDS, 'properties.isMember'];
    expectSame(await openBlock(bytes), asColumns(made), texts);
    // Bytes that lie anywhere in memory, as a driver hands them over.
    const moved = new Uint8Array(bytes.length + 3);
    moved.set(bytes, 3);
    expectSame(await openBlock(moved.subarray(3)), asColumns(made), texts);
    expectSame(asColumns(decodeBlock(bytes)), asColumns(made), texts);
  },
);

test('days before 1970 and blocks without events open', async () => {
  expect((await openBlock(await encodeBlock(blockOf(3, -86_400_000)))).start).toBe(-86_400_000);
  expect((await openBlock(await encodeBlock(blockOf(0)))).offsets()).toHaveLength(0);
});

test('a block of version 1, which has no index, opens', async () => {
  const bytes = readFileSync(new URL('version1.arrow.gz', import.meta.url));
  const texts = TEXT_FIELDS.filter((field) => field !== 'page.url');
  for (const opened of [await openBlock(bytes), asColumns(decodeBlock(bytes))]) {
    expectSame(opened, asColumns(blockOf(21)), [...texts, 'properties.isMember']);
  }
  expect((await openBlock(bytes)).isKept).toBe(true);
});

test('columns that are not asked for stay packed, and one that is damaged says so', async () => {
  const bytes = Buffer.from(await encodeBlock(blockOf(20_000)));
  const { index, extraBytes } = readIndex(bytes) ?? {};
  const duration = index?.columns.find(({ name }) => name === 'durationSec')?.valuesAt ?? 0;
  let [at, storedAt] = [0, extraBytes ?? 0];
  for (const { bytes: length, storedBytes } of index?.members ?? []) {
    // Bits in the middle of the member that holds the durations are turned over.
    if (duration >= at && duration < at + length)
      bytes.fill(0xa5, storedAt + 60, storedAt + storedBytes - 60);
    at += length;
    storedAt += storedBytes;
  }
  expect(() => gunzipSync(bytes)).toThrow();
  const opened = await openBlock(bytes);
  const made = asColumns(blockOf(20_000));
  expect(differing(opened.offsets(), made.offsets())).toEqual([]);
  expect(differing(opened.sessions(), made.sessions())).toEqual([]);
  expect(differing(opened.text('eventType').codes, made.text('eventType').codes)).toEqual([]);
  expect(() => opened.numbers('durationSec')).toThrow(BlockError);
});

test.each([1, 9, 2_000])('bytes that lack their last %i are refused', async (lacking) => {
  const bytes = await encodeBlock(blockOf(3_000));
  await expect(openBlock(bytes.subarray(0, bytes.length - lacking))).rejects.toThrow(BlockError);
  const old = readFileSync(new URL('version1.arrow.gz', import.meta.url));
  await expect(openBlock(old.subarray(0, old.length - lacking))).rejects.toThrow(BlockError);
});
