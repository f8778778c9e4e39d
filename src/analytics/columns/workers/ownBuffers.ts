import { MessageChannel } from 'node:worker_threads';

/** Smaller ones are copied: handing over has a price of its own. */
const LEAST_BYTES = 16_384;

/** Buffers of a message that can be handed over instead of copied. */
export function ownBuffers(value: unknown, found: Set<ArrayBuffer> = new Set()): Set<ArrayBuffer> {
  if (ArrayBuffer.isView(value)) {
    const { buffer } = value;
    if (buffer instanceof ArrayBuffer && value.byteLength > LEAST_BYTES) found.add(buffer);
  } else if (Array.isArray(value)) {
    for (const item of value.slice(0, 100)) ownBuffers(item, found);
  } else if (value instanceof Map) {
    for (const item of value.values()) ownBuffers(item, found);
  } else if (value !== null && typeof value === 'object') {
    for (const item of Object.values(value)) ownBuffers(item, found);
  }
  return found;
}

/** Whether a view is all of its memory, so that handing it over takes nothing from anybody else. */
export function isWhole(view: ArrayBufferView): boolean {
  return view.byteLength === view.buffer.byteLength;
}

/**
 * Gives the memory of buffers back at once: a channel takes them and is closed. Their views are empty afterwards.
 * The collector of garbage would wait until there are dozens of megabytes in each thread.
 */
export function releaseBuffers(buffers: Iterable<ArrayBufferLike>): void {
  const large = [...new Set(buffers)].filter(
    (buffer): buffer is ArrayBuffer => buffer instanceof ArrayBuffer && buffer.byteLength > LEAST_BYTES,
  );
  if (large.length === 0) return;
  const { port1, port2 } = new MessageChannel();
  port1.postMessage(null, large);
  port1.close();
  // The end that would receive them holds them as long as it is open.
  port2.close();
}
