import { expect, test } from 'vitest';
import { assembleBlock } from './assembleBlock';
import { TEXT_FIELDS, type ColumnEvent } from './columnEvent';
import { BlockError } from './decode';
import { encodeBlock } from './encode';
import { asColumns, openBlock } from './openBlock';
import { Ordinals } from './ordinals';

const START = Date.UTC(2026, 0, 1);
const EVENTS = Array.from({ length: 21 }, (_, index): ColumnEvent => ({
  id: String(index),
  at: START + index * 1_000,
  userId: `user ${index % 4}`,
  sessionId: index % 3 === 0 ? null : `session ${index % 5}`,
  durationSec: index % 2 === 0 ? null : index / 10,
  texts: { eventType: index % 7 === 0 ? 'buy' : 'view', device: index % 4 === 0 ? null : 'mobile' },
  properties: {
    amount: index % 6 === 0 ? null : index * 1.5,
    when: index % 5 === 0 ? null : START - index,
    isMember: index % 3 === 0 ? null : index % 2 === 0,
  },
}));
const DECLARED = [
  { name: 'amount', type: 'number' },
  { name: 'when', type: 'date' },
  { name: 'isMember', type: 'boolean' },
] as const;

test('a block opened from its bytes gives the columns it was made of, dates and missing values included', async () => {
  const ordinals = { users: new Ordinals(), sessions: new Ordinals() };
  const block = assembleBlock(START, EVENTS, ordinals, DECLARED);
  const [opened, made] = [openBlock(await encodeBlock(block)), asColumns(block)];
  expect([opened.start, opened.rows]).toEqual([START, EVENTS.length]);
  for (const name of ['offset', 'user'] as const) expect(opened.ordinals(name)).toEqual(made.ordinals(name));
  expect(opened.sessions()).toEqual(made.sessions());
  for (const name of ['durationSec', 'properties.amount', 'properties.when']) {
    expect(opened.numbers(name)).toEqual(made.numbers(name));
  }
  for (const name of [...TEXT_FIELDS, 'properties.isMember']) {
    expect(opened.text(name)).toEqual(made.text(name));
  }
  expect(opened.numbers('properties.when')?.[1]).toBe(START - 1);
  expect(opened.has('properties.nowhere')).toBe(false);
});

test('bytes that are cut off are refused', async () => {
  const ordinals = { users: new Ordinals(), sessions: new Ordinals() };
  const bytes = await encodeBlock(assembleBlock(START, EVENTS, ordinals, []));
  expect(() => openBlock(bytes.subarray(0, bytes.length - 9))).toThrow(BlockError);
});
