import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainNumbers } from '../scan/fields';
import { ColumnMaker } from './columnMaker';
import { scatter } from './scatter';
import type { SharedColumn } from './sharedColumns';
import type { StagedColumn } from './stage';
import { fromThousandths, toThousandths } from './thousandths';

const NUMBERS = fc.oneof(
  fc.constantFrom(NaN, 0, -0, 0.001, 12.345, 4_294_967.294, 4_294_967.295, 1e9, 0.1 + 0.2, -1, Infinity),
  fc.integer({ min: 0, max: 5_000_000 }).map((thousandths) => thousandths / 1000),
);

/** The column of blocks whose rows lie in the table in the opposite order. */
function make(blocks: readonly StagedColumn[], sizes: readonly number[]) {
  const rows = sizes.reduce((sum, size) => sum + size, 0);
  const maker = new ColumnMaker('properties.a', rows);
  let end = rows;
  blocks.forEach((from, index) => {
    const size = sizes[index] as number;
    const places = Uint32Array.from({ length: size }, (_, row) => end - 1 - row);
    end -= size;
    const move = maker.take({ columns: new Map([['properties.a', from]]), start: 0 });
    if (move) scatter(move, places);
  });
  return maker.finish();
}

function numbersOf(column: SharedColumn | null): number[] {
  if (column?.kind === 'numbers') return [...column.numbers];
  if (column?.kind !== 'thousandths') throw new Error('Expected numbers.');
  return [...plainNumbers({ kind: 'thousandths', values: column.thousandths })];
}

const stage = (numbers: readonly number[]): StagedColumn => {
  const own = Float64Array.from(numbers);
  const thousandths = toThousandths(own);
  return thousandths ? { kind: 'thousandths', thousandths } : { kind: 'numbers', numbers: own };
};

const text = (values: readonly string[]): StagedColumn => ({
  kind: 'codes',
  codes: Uint32Array.from(values, (_, row) => row + 1),
  values: ['', ...values],
});

describe('whole thousandths', () => {
  it('are the very numbers, or are not made', () => {
    fc.assert(
      fc.property(NUMBERS, (number) => {
        const [own] = toThousandths(Float64Array.of(number)) ?? [];
        if (own !== undefined) expect(fromThousandths(own)).toBe(number);
      }),
    );
    expect(toThousandths(Float64Array.of(1.5, NaN, 4_294_967.294))).not.toBeNull();
    expect(toThousandths(Float64Array.of(1.5, 4_294_967.295))).toBeNull();
  });
});

describe('a column made of blocks', () => {
  it('holds every number, also where a later block’s do not fit what earlier ones took', () => {
    fc.assert(
      fc.property(fc.array(fc.array(NUMBERS, { maxLength: 6 }), { maxLength: 6 }), (blocks) => {
        const column = make(
          blocks.map(stage),
          blocks.map(({ length }) => length),
        );
        expect(numbersOf(column)).toEqual(blocks.flat().reverse());
      }),
    );
    expect(make([stage([1.5])], [1])?.kind).toBe('thousandths');
    expect(numbersOf(make([stage([1.5, NaN]), stage([1e12]), stage([2])], [2, 1, 1]))).toEqual([
      2,
      1e12,
      NaN,
      1.5,
    ]);
  });

  it('has wider codes once there are more values than narrow ones tell apart', () => {
    const blocks = [250, 10, 3, 66_000].map((size, block) =>
      Array.from({ length: size }, (_, row) => `${block % 3} ${row}`),
    );
    const column = make(
      blocks.map(text),
      blocks.map(({ length }) => length),
    );
    if (column?.kind !== 'codes') throw new Error('Expected codes.');
    expect(column.codes).toBeInstanceOf(Uint32Array);
    expect([...column.codes].map((code) => column.values[code])).toEqual(blocks.flat().reverse());
  });

  it('is none where some block lacks it, or has texts and another numbers', () => {
    expect(make([stage([1]), text(['a'])], [1, 1])).toBeNull();
    const maker = new ColumnMaker('properties.a', 1);
    expect(maker.take({ columns: new Map(), start: 0 })).toBeNull();
    expect(maker.finish()).toBeNull();
  });
});
