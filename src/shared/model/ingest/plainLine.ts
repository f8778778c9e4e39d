import type { EventLine } from '../event';

/**
 * Whether a JSON object is an event line that `eventLineSchema` takes without changing anything, as nearly every
 * one is; it says so at a fraction of the schema's cost. What it does not vouch for is the schema's to judge.
 */
export function isPlainLine(raw: object): raw is EventLine {
  let hasPerson = false;
  let isTyped = false;
  let isTimed = false;
  const line = raw as Record<string, unknown>;
  for (const key of Object.keys(line)) {
    const value = line[key];
    switch (key) {
      case 'userId':
      case 'anonymousId':
        if (!isText(value, 1, 1_000)) return false;
        hasPerson = true;
        break;
      case 'eventType':
        if (!isText(value, 1, 500)) return false;
        isTyped = true;
        break;
      case 'timestamp':
        if (typeof value !== 'string' && !Number.isFinite(value)) return false;
        isTimed = true;
        break;
      case 'messageId':
        if (!isText(value, 1, 200)) return false;
        break;
      case 'sessionId':
        if (!isText(value, 1, 1_000)) return false;
        break;
      case 'device':
      case 'browser':
      case 'os':
      case 'country':
        if (!isText(value, 0, 200)) return false;
        break;
      case 'durationSec':
        if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) return false;
        break;
      case 'page':
        if (!isPlainPage(value)) return false;
        break;
      case 'properties':
        if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
        break;
      default:
        return false;
    }
  }
  return hasPerson && isTyped && isTimed;
}

const isText = (value: unknown, min: number, max: number): boolean =>
  typeof value === 'string' && value.length >= min && value.length <= max;

function isPlainPage(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const page = value as Record<string, unknown>;
  return Object.keys(page).every((key) => {
    if (key === 'path') return isText(page[key], 0, 4_000);
    if (key === 'title') return isText(page[key], 0, 2_000);
    return (key === 'url' || key === 'referrer') && isText(page[key], 0, 8_000);
  });
}
