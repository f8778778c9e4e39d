import { expect, it } from 'vitest';
import { formatOffset } from './SessionTimeline';

it.each([
  [0, '+0:00'],
  [65_900, '+1:05'],
  [3_725_000, '+1:02:05'],
])('%i ms into a session reads %s', (ms, text) => expect(formatOffset(ms)).toBe(text));
