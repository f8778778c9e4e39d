import { cleanText } from '../../../src/shared/model/ingest/hygiene';

/** The longest message id that is taken, in characters. */
const MAX_LENGTH = 200;

/**
 * The id under which a message is stored: the client's own, or a made one, marked so. An id that is no text of
 * usable length counts as missing.
 */
export function readMessageId(value: unknown, newId: () => string): { messageId: string; made: boolean } {
  if (typeof value === 'string' && value.trim() !== '' && value.length <= MAX_LENGTH) {
    return { messageId: cleanText(value), made: false };
  }
  if (typeof value === 'number' && Number.isFinite(value)) return { messageId: String(value), made: false };
  return { messageId: newId(), made: true };
}
