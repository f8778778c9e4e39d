import { WaymarkError } from '../../shared/errors';

/** Writes where a page ended as text that a report can carry in `after`. */
export function writeCursor(position: readonly (string | number | null)[]): string {
  return Buffer.from(JSON.stringify(position), 'utf8').toString('base64url');
}

/**
 * Reads a cursor.
 * @throws WaymarkError `badReport` when it is not one of ours
 */
export function readCursor(text: string): (string | number | null)[] {
  try {
    const position: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    const isPosition =
      Array.isArray(position) &&
      position.every((part) => part === null || typeof part === 'string' || typeof part === 'number');
    if (isPosition) return position as (string | number | null)[];
  } catch {
    // Falls through to the refusal.
  }
  throw new WaymarkError('badReport', 'The report: after is no cursor; allowed is "next" of the last page.', {
    path: 'after',
  });
}
