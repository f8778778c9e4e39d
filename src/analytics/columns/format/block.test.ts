import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assembleBlock } from './assembleBlock';
import { compareEvents, TEXT_FIELDS, type ColumnEvent } from './columnEvent';
import { BlockError } from './blockError';
import { decodeBlock } from './decode';
import { encodeBlock } from './encode';
import { Ordinals } from './ordinals';

const START = Date.UTC(2026, 0, 1);
const text = fc.option(fc.constantFrom('', 'mobile', 'desktop', 'é😀', '0'), { nil: null });
const event: fc.Arbitrary<ColumnEvent> = fc.record({
  id: fc.uuid(),
  at: fc.integer({ min: START, max: START + 90_000_000 }),
  userId: fc.constantFrom('a', 'b', 'c'),
  sessionId: fc.option(fc.constantFrom('s1', 's2'), { nil: null }),
  durationSec: fc.option(fc.double({ min: 0, max: 1e6, noNaN: true }), { nil: null }),
  texts: fc.record({ eventType: fc.constantFrom('view', 'buy'), device: text, 'page.path': text }),
  properties: fc.record({
    amount: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }), { nil: null }),
    plan: text,
  }),
});

const declared = [
  { name: 'amount', type: 'number' },
  { name: 'plan', type: 'text' },
] as const;

describe('a block', () => {
  test('comes back from its bytes with every value, missing ones and empty texts apart', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 60 }), async (events) => {
        const sorted = [...events].sort(compareEvents);
        const ordinals = { users: new Ordinals(), sessions: new Ordinals() };
        const block = decodeBlock(await encodeBlock(assembleBlock(START, sorted, ordinals, declared)));

        expect(block.rows).toBe(sorted.length);
        sorted.forEach((expected, row) => {
          const valueOf = (column: {
            codes: ArrayLike<number>;
            values: readonly string[];
          }): string | null => {
            const code = column.codes[row] as number;
            return code === 0 ? null : (column.values[code] as string);
          };
          const amount = block.properties.get('amount');
          const plan = block.properties.get('plan');
          expect(block.start + (block.offset[row] as number)).toBe(expected.at);
          expect(ordinals.users.texts[block.user[row] as number]).toBe(expected.userId);
          expect(ordinals.sessions.texts[(block.session[row] as number) - 1] ?? null).toBe(
            expected.sessionId,
          );
          expect(block.durationSec[row]).toBe(expected.durationSec ?? NaN);
          for (const field of TEXT_FIELDS)
            expect(valueOf(block.texts[field])).toBe(expected.texts[field] ?? null);
          expect(amount?.type === 'number' && amount.values[row]).toBe(expected.properties['amount'] ?? NaN);
          expect(plan && plan.type !== 'number' && valueOf(plan.column)).toBe(
            expected.properties['plan'] ?? null,
          );
        });
      }),
      { numRuns: 100 },
    );
  });

  test('is refused when it is cut off or damaged', async () => {
    const block = assembleBlock(START, [], { users: new Ordinals(), sessions: new Ordinals() }, []);
    const bytes = await encodeBlock(block);
    expect(() => decodeBlock(bytes.subarray(0, bytes.length - 9))).toThrow(BlockError);
    expect(() => decodeBlock(Buffer.from('not a block'))).toThrow(BlockError);
  });
});
