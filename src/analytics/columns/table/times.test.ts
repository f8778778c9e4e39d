import fc from 'fast-check';
import { expect, test } from 'vitest';
import { timesAt } from '../testing/timesAt';
import { ColumnMaker } from './columnMaker';
import { scatter } from './scatter';
import { Times } from './times';

const YEAR_MS = 365 * 86_400_000;
/** As far as dates reach. */
const LAST = 8.64e15;

/** Near each other, and anywhere. */
const instants = fc.oneof(
  fc.array(fc.integer({ min: 1.7e12, max: 1.8e12 })),
  fc.array(fc.integer({ min: -LAST, max: LAST })),
);
const readAll = (times: Times): number[] => Array.from({ length: times.length }, (_, row) => times.of(row));

test('every instant is kept to the millisecond, however far apart they lie', () => {
  fc.assert(
    fc.property(instants, fc.nat(), fc.nat(), (all, a, b) => {
      const times = timesAt(all);
      expect(readAll(times)).toEqual(all);
      const [from, to] = [a % (all.length + 1), b % (all.length + 1)].sort((x, y) => x - y);
      expect(readAll(times.subarray(from as number, to as number))).toEqual(all.slice(from, to));
      const odd = Uint32Array.from(all.keys()).filter((row) => row % 2 === 1);
      expect(readAll(times.pick(odd))).toEqual(all.filter((_, row) => row % 2 === 1));
    }),
  );
});

test('an instant takes five bytes in 34 years, and more beyond', () => {
  expect(timesAt([0, 34 * YEAR_MS]).high).toBeInstanceOf(Uint8Array);
  expect(timesAt([0, 35 * YEAR_MS]).high).toBeInstanceOf(Uint16Array);
  expect(timesAt([-LAST, LAST]).high).toBeInstanceOf(Uint32Array);
});

test('times that count from the starts of their blocks and those of another table make one column', () => {
  const start = Date.UTC(2026, 0, 1);
  const blocks = [
    { start: 0, at: { kind: 'numbers', numbers: Float64Array.of(start - 5, start - 3) } },
    { start, at: { kind: 'ordinals', ordinals: Uint32Array.of(0, 2 ** 32 - 1) } },
    { start: start + YEAR_MS, at: { kind: 'ordinals', ordinals: Uint32Array.of(7, 8) } },
  ] as const;
  const maker = new ColumnMaker('at', 6, { from: start - 5, to: start + YEAR_MS + 8 });
  blocks.forEach((block, index) => {
    const move = maker.take({ columns: new Map([['at', block.at]]), start: block.start });
    if (move) scatter(move, Uint32Array.of(2 * index + 1, 2 * index));
  });
  const column = maker.finish();
  if (column?.kind !== 'times') throw new Error('Expected times.');
  expect(readAll(new Times(column))).toEqual([
    start - 3,
    start - 5,
    start + 2 ** 32 - 1,
    start,
    start + YEAR_MS + 8,
    start + YEAR_MS + 7,
  ]);
});
