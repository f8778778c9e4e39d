import { gunzipSync } from 'node:zlib';

/** Blocks are cut well below this. */
const MOST_BYTES = 256 * 2 ** 20;

/**
 * Unpacks a gzip file into one piece of memory of its size, which its last four bytes tell (RFC 1952), instead of
 * joining many small ones.
 * @throws Error of zlib when the bytes are cut off or corrupt
 */
export function inflate(bytes: Uint8Array): Uint8Array {
  const { byteLength } = bytes;
  if (byteLength < 4) return gunzipSync(bytes);
  const size = new DataView(bytes.buffer, bytes.byteOffset, byteLength).getUint32(byteLength - 4, true);
  // A little more, so that zlib needs no second look to see that this was all.
  return size > MOST_BYTES ? gunzipSync(bytes) : gunzipSync(bytes, { chunkSize: size + 64 });
}
