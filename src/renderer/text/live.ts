import { countOf } from './countOf';
/** Words of Live. */
export const LIVE = {
  paused: (waiting: string): string => `Paused. ${waiting} new.`,
  polling: 'Change streams are off. Checking every 2 s.',
  pause: 'Pause',
  resume: 'Resume',
  failed: (reason: string): string => `Live could not be updated. ${reason} Trying again.`,
  waiting: 'Waiting for events.',
  waitingSince: (lastAt: string): string => `Waiting for events. Last one ${lastAt}.`,
  newestFirst: 'Events, newest first',
  newEvents: (count: string): string => countOf(count, 'new event'),
  silent: 'No answer has come for 20 seconds.',
} as const;
