import { expect, test } from 'vitest';
import type { ColumnEvent } from '../format/columnEvent';
import { MAX_BLOCK_ROWS, MAX_BLOCK_TEXT, PendingEvents } from './pendingEvents';

const event = (url: string | null): ColumnEvent => ({
  id: '',
  at: 0,
  userId: 'u',
  sessionId: null,
  durationSec: null,
  texts: { 'page.url': url },
  properties: {},
});

/** How many equal events fill a block. */
function room(one: ColumnEvent): number {
  const pending = new PendingEvents();
  let count = 0;
  for (; !pending.isFull; count++) pending.add(one);
  expect(pending.take()).toHaveLength(count);
  expect([pending.isFull, pending.first]).toEqual([false, undefined]);
  return count;
}

test('a block is full with so many events, or with so much text', () => {
  expect(room(event(null))).toBe(MAX_BLOCK_ROWS);
  const length = 2 ** 17;
  expect(room(event('x'.repeat(length)))).toBe(Math.ceil(MAX_BLOCK_TEXT / (length + 1)));
});
