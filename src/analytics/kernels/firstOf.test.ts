import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FirstOf } from './firstOf';

it('gives what sorting and cutting off gives, equal ones in the order they came', () => {
  const items = fc.array(fc.record({ key: fc.nat(9) }), { maxLength: 40 });
  fc.assert(
    fc.property(items, fc.integer({ min: 1, max: 12 }), (all, count) => {
      const first = new FirstOf<{ key: number }>(count, (a, b) => a.key - b.key);
      for (const item of all) first.add(item);
      const sorted = [...all].sort((a, b) => a.key - b.key).slice(0, count);
      expect(first.inOrder.length).toBe(sorted.length);
      first.inOrder.forEach((item, index) => expect(item).toBe(sorted[index]));
    }),
  );
});
