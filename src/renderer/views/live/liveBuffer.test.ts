import { expect, it } from 'vitest';
import { EMPTY_LIVE, LIVE_ROWS, receive, resume } from './liveBuffer';

const event = (id: string) => ({
  id,
  at: '2026-01-01T00:00:00Z',
  receivedAt: null,
  type: 'a',
  userId: 'u',
  sessionId: null,
  page: null,
  device: null,
  country: null,
});
const batch = (...ids: string[]) => ({
  events: ids.map(event),
  mode: 'changeStream' as const,
  perSecond: 2,
  lastEventAt: null,
});

it('shows the newest first and keeps a bounded number', () => {
  const buffer = receive(receive(EMPTY_LIVE, batch('1', '2'), false), batch('3'), false);
  expect(buffer.shown.map(({ id }) => id)).toEqual(['3', '2', '1']);
  const many = receive(buffer, batch(...Array.from({ length: LIVE_ROWS }, (_, index) => `n${index}`)), false);
  expect(many.shown).toHaveLength(LIVE_ROWS);
});

it('a pause holds events back until it ends', () => {
  const paused = receive(receive(EMPTY_LIVE, batch('1'), false), batch('2', '3'), true);
  expect(paused.shown).toHaveLength(1);
  expect(paused.waiting).toHaveLength(2);
  const long = receive(paused, batch(...Array.from({ length: LIVE_ROWS }, (_, index) => `n${index}`)), true);
  expect(long.waiting).toHaveLength(LIVE_ROWS);
  expect(long.waitingCount).toBe(LIVE_ROWS + 2);
  expect(resume(paused).shown.map(({ id }) => id)).toEqual(['3', '2', '1']);
});
