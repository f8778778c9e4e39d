import type { StoredEvent, StoredPersonMessage } from '../event';

/** One accepted message in the form in which it is stored. */
export type IngestItem =
  { kind: 'event'; event: StoredEvent } | { kind: 'person'; message: StoredPersonMessage };

/** The outcome of reading one message. */
export type ItemResult = { ok: true; item: IngestItem } | { ok: false; reason: string; path?: string };

/** The message id under which an item is stored. */
export const itemId = (item: IngestItem): string =>
  item.kind === 'event' ? item.event._id : item.message._id;

/** When the item was received. */
export const itemReceivedAt = (item: IngestItem): Date =>
  item.kind === 'event' ? item.event.receivedAt : item.message.receivedAt;
