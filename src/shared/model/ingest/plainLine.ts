import type { EventLine } from '../event';

/** The longest text of each field that is a text. */
const TEXTS: ReadonlyMap<string, { min: number; max: number }> = new Map([
  ['messageId', { min: 1, max: 200 }],
  ['userId', { min: 1, max: 1_000 }],
  ['anonymousId', { min: 1, max: 1_000 }],
  ['sessionId', { min: 1, max: 1_000 }],
  ['eventType', { min: 1, max: 500 }],
  ['timestamp', { min: 0, max: Infinity }],
  ['device', { min: 0, max: 200 }],
  ['browser', { min: 0, max: 200 }],
  ['os', { min: 0, max: 200 }],
  ['country', { min: 0, max: 200 }],
]);

/** The same of a page's fields. */
const PAGE_TEXTS: ReadonlyMap<string, { min: number; max: number }> = new Map([
  ['url', { min: 0, max: 8_000 }],
  ['path', { min: 0, max: 4_000 }],
  ['title', { min: 0, max: 2_000 }],
  ['referrer', { min: 0, max: 8_000 }],
]);

/**
 * Whether a JSON object is an event line that `eventLineSchema` takes without changing anything, as nearly every
 * one is; it says so at a fraction of the schema's cost. What it does not vouch for is the schema's to judge.
 */
export function isPlainLine(raw: object): raw is EventLine {
  let hasPerson = false;
  let isTyped = false;
  let isTimed = false;
  for (const [key, value] of Object.entries(raw) as [string, unknown][]) {
    if (typeof value === 'string') {
      const bounds = TEXTS.get(key);
      if (!bounds || value.length < bounds.min || value.length > bounds.max) return false;
      if (key === 'userId' || key === 'anonymousId') hasPerson = true;
      else if (key === 'eventType') isTyped = true;
      else if (key === 'timestamp') isTimed = true;
    } else if (typeof value === 'number') {
      if (!Number.isFinite(value)) return false;
      if (key === 'timestamp') isTimed = true;
      else if (key !== 'durationSec' || value < 0) return false;
    } else if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return false;
    } else if (key === 'page') {
      if (!isPlainPage(value)) return false;
    } else if (key !== 'properties') {
      return false;
    }
  }
  return hasPerson && isTyped && isTimed;
}

function isPlainPage(page: object): boolean {
  for (const [key, value] of Object.entries(page) as [string, unknown][]) {
    const bounds = PAGE_TEXTS.get(key);
    if (!bounds || typeof value !== 'string' || value.length > bounds.max) return false;
  }
  return true;
}
