import { expect, test } from 'vitest';
import { ReadAhead } from './readAhead';

test('reads many at once and no more than the limit ahead, and everything once', async () => {
  const begun: number[] = [];
  const items = Array.from({ length: 10 }, (_, index) => index);
  const read = (item: number): Promise<number> => {
    begun.push(item);
    return Promise.resolve(item * 2);
  };
  const ahead = new ReadAhead(items, read, () => 10, 40);
  const taken: number[] = [];
  const counts: number[] = [];
  for (const item of items) {
    taken.push(await ahead.take(item));
    counts.push(begun.length);
  }
  expect(taken).toEqual(items.map((item) => item * 2));
  expect(begun).toEqual(items);
  expect(counts).toEqual([4, 4, 6, 6, 8, 8, 10, 10, 10, 10]);
});

test('reads what is larger than the limit when it is asked for, and tells failures to who takes it', async () => {
  const read = (item: number): Promise<number> =>
    item === 1 ? Promise.reject(new Error('Gone.')) : Promise.resolve(item);
  const ahead = new ReadAhead([0, 1, 2], read, () => 100, 40);
  expect(await ahead.take(0)).toBe(0);
  await expect(ahead.take(1)).rejects.toThrow('Gone.');
  expect(await ahead.take(2)).toBe(2);
});
