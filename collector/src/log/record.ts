import { crc32 } from 'node:zlib';

/**
 * A record of the log: magic (4 bytes), payload length (4), CRC-32 of the payload (4), CRC-32 of these twelve
 * bytes (4), payload; numbers little-endian. The header's own checksum tells a damaged length from a damaged
 * payload, so that reading can go on behind either.
 */
export const HEADER_BYTES = 16;

const MAGIC = 0x314c_4d57; // "WML1"

/** No record is larger; a header that says so is damaged. */
export const MAX_PAYLOAD_BYTES = 128 * 2 ** 20;

/** The bytes of one record's header. */
export function encodeHeader(payload: Buffer): Buffer {
  const header = Buffer.allocUnsafe(HEADER_BYTES);
  header.writeUInt32LE(MAGIC, 0);
  header.writeUInt32LE(payload.length, 4);
  header.writeUInt32LE(crc32(payload), 8);
  header.writeUInt32LE(crc32(header.subarray(0, 12)), 12);
  return header;
}

/** What lies at a place of a log file. */
export type RecordRead =
  | { kind: 'record'; payload: Buffer; end: number }
  /** The file ends before the record does. */
  | { kind: 'torn' }
  /** The header holds but the payload does not; the next record begins at `end`. */
  | { kind: 'damaged'; end: number }
  /** No header: where the next record begins is unknown. */
  | { kind: 'lost' };

/** Reads the record that begins at `start`. */
export function readRecord(bytes: Buffer, start: number): RecordRead {
  if (start + HEADER_BYTES > bytes.length) return { kind: 'torn' };
  const header = bytes.subarray(start, start + HEADER_BYTES);
  if (header.readUInt32LE(0) !== MAGIC || header.readUInt32LE(12) !== crc32(header.subarray(0, 12))) {
    return { kind: 'lost' };
  }
  const length = header.readUInt32LE(4);
  if (length > MAX_PAYLOAD_BYTES) return { kind: 'lost' };
  const end = start + HEADER_BYTES + length;
  if (end > bytes.length) return { kind: 'torn' };
  const payload = bytes.subarray(start + HEADER_BYTES, end);
  return header.readUInt32LE(8) === crc32(payload)
    ? { kind: 'record', payload, end }
    : { kind: 'damaged', end };
}

/** Where the next believable header lies behind `start`, or -1. */
export function findRecord(bytes: Buffer, start: number): number {
  const magic = Buffer.allocUnsafe(4);
  magic.writeUInt32LE(MAGIC);
  for (let at = bytes.indexOf(magic, start); at >= 0; at = bytes.indexOf(magic, at + 1)) {
    const { kind } = readRecord(bytes, at);
    if (kind === 'record' || kind === 'damaged') return at;
  }
  return -1;
}

/** The records of a log file's bytes, and what had to be left out. */
export interface Scan {
  records: { payload: Buffer; start: number; end: number }[];
  /** Stretches that hold no whole record although records follow, or whose checksum fails. */
  damagedBytes: number;
  damagedPlaces: number;
  /** Bytes of a record at the very end that was never wholly written. */
  tornBytes: number;
}

/** Reads all records of a file; what is damaged is skipped and counted, the rest is kept. */
export function scanRecords(bytes: Buffer): Scan {
  const scan: Scan = { records: [], damagedBytes: 0, damagedPlaces: 0, tornBytes: 0 };
  let at = 0;
  while (at < bytes.length) {
    const read = readRecord(bytes, at);
    if (read.kind === 'record') {
      scan.records.push({ payload: read.payload, start: at, end: read.end });
      at = read.end;
      continue;
    }
    const next = read.kind === 'damaged' ? read.end : findRecord(bytes, at + 1);
    if (next < 0) {
      scan.tornBytes = bytes.length - at;
      break;
    }
    scan.damagedBytes += next - at;
    scan.damagedPlaces += 1;
    at = next;
  }
  return scan;
}
