import { TEXT_FIELDS, type ColumnEvent } from '../format/columnEvent';

/** More events become several blocks, so that memory is bounded by a block and not by the day. */
export const MAX_BLOCK_ROWS = 250_000;

/** Nor does a block take more text than this, counted event by event, in UTF-16 code units. */
export const MAX_BLOCK_TEXT = 64 * 2 ** 20;

function lengthOf({ userId, sessionId, texts, properties }: ColumnEvent): number {
  let length = userId.length + (sessionId?.length ?? 0);
  for (const field of TEXT_FIELDS) length += texts[field]?.length ?? 0;
  for (const name in properties) {
    const value = properties[name];
    if (typeof value === 'string') length += value.length;
  }
  return length;
}

/** The events of a block to be. */
export class PendingEvents {
  #events: ColumnEvent[] = [];
  #text = 0;

  get first(): ColumnEvent | undefined {
    return this.#events[0];
  }

  /** Whether the block should be made before another event comes. */
  get isFull(): boolean {
    return this.#events.length >= MAX_BLOCK_ROWS || this.#text >= MAX_BLOCK_TEXT;
  }

  add(event: ColumnEvent): void {
    this.#events.push(event);
    this.#text += lengthOf(event);
  }

  /** What has come since the last time. */
  take(): readonly ColumnEvent[] {
    const events = this.#events;
    this.#events = [];
    this.#text = 0;
    return events;
  }
}
