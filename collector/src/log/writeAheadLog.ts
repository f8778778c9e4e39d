import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, readFile, unlink } from 'node:fs/promises';
import path from 'node:path';
import type { Reached } from '../faults';
import { encodeHeader, HEADER_BYTES, scanRecords } from './record';
import { keepDamaged, readStretch, syncFolder, writeAll } from './segmentFile';

/** Some consecutive records of one segment file. */
export interface Span {
  readonly segment: number;
  readonly start: number;
  readonly end: number;
}

export interface LogOptions {
  dir: string;
  /** The log refuses more than this, all segments together. */
  limitBytes: number;
  /** A segment is closed, and a new one begun, above this. */
  segmentBytes: number;
  reached: Reached;
  /** Told of bytes, and in how many places, that were sound once and can no longer be read. */
  onDamaged: (bytes: number, places: number) => void;
  /** For tests: above this size the disk is taken to be full. */
  diskBytes?: number | undefined;
}

/** The log is as large as it may be; what is to be stored must wait. */
export class LogFullError extends Error {}

/** The disk refused a write or a sync; nothing of it counts as stored. */
export class LogBrokenError extends Error {
  constructor(override readonly cause: unknown) {
    super('the log could not be written');
  }
}

/** What was found in the log when it was opened. */
export interface Recovery {
  spans: Span[];
  records: number;
  damagedBytes: number;
  damagedPlaces: number;
  tornBytes: number;
}

interface Segment {
  readonly number: number;
  readonly file: string;
  /** Null once nothing more is written to it. */
  handle: FileHandle | null;
  size: number;
  /** Bytes of records that need not be kept any longer. */
  released: number;
}

interface Waiting {
  parts: [Buffer, Buffer];
  bytes: number;
  resolve: (span: Span) => void;
  reject: (error: unknown) => void;
}

/** At most this much is written by one group. */
const GROUP_BYTES = 8 * 2 ** 20;

const SEGMENT_NAME = /^(\d{10})\.log$/;

/**
 * A log of records in segment files. An append is durable when its promise resolves: all that wait are written
 * together and synced once (group commit). A segment is removed when all its records are released.
 */
export class WriteAheadLog {
  private readonly segments = new Map<number, Segment>();
  private current: Segment | null = null;
  private waiting: Waiting[] = [];
  private waitingBytes = 0;
  private committing: Promise<void> | null = null;
  private trimming: Promise<void> = Promise.resolve();
  private next = 1;
  private bytes = 0;

  private constructor(private readonly options: LogOptions) {}

  /**
   * Opens the log of a folder, made if it is missing. Records of an earlier process come back as spans, in their
   * order; damaged ones are skipped and counted, and a torn end is what a crash leaves.
   */
  static async open(options: LogOptions): Promise<{ log: WriteAheadLog; recovery: Recovery }> {
    await mkdir(options.dir, { recursive: true });
    const log = new WriteAheadLog(options);
    const recovery: Recovery = { spans: [], records: 0, damagedBytes: 0, damagedPlaces: 0, tornBytes: 0 };
    const names = (await readdir(options.dir)).filter((name) => SEGMENT_NAME.test(name)).sort();
    for (const name of names) {
      const number = Number(SEGMENT_NAME.exec(name)?.[1]);
      const file = path.join(options.dir, name);
      const bytes = await readFile(file);
      const scan = scanRecords(bytes);
      const segment: Segment = { number, file, handle: null, size: 0, released: 0 };
      log.next = Math.max(log.next, number + 1);
      recovery.records += scan.records.length;
      recovery.damagedBytes += scan.damagedBytes;
      recovery.damagedPlaces += scan.damagedPlaces;
      recovery.tornBytes += scan.tornBytes;
      for (const { start, end } of scan.records) {
        segment.size += end - start;
        const last = recovery.spans[recovery.spans.length - 1];
        if (last?.segment === number && last.end === start && end - last.start <= SPAN_BYTES) {
          recovery.spans[recovery.spans.length - 1] = { ...last, end };
        } else {
          recovery.spans.push({ segment: number, start, end });
        }
      }
      if (scan.damagedBytes > 0) await keepDamaged(file, bytes).catch(() => undefined);
      if (scan.records.length === 0) {
        await unlink(file);
        continue;
      }
      log.segments.set(number, segment);
      log.bytes += segment.size;
    }
    return { log, recovery };
  }

  /** Bytes of all records that are kept, and the number of segments. */
  get size(): { bytes: number; segments: number } {
    return { bytes: this.bytes + this.waitingBytes, segments: this.segments.size };
  }

  /** Whether the log takes `bytes` more. */
  hasRoom(bytes: number): boolean {
    return this.bytes + this.waitingBytes + bytes <= this.options.limitBytes;
  }

  /**
   * Appends one record; resolved when it is on the disk.
   *
   * @throws LogFullError above the size limit, LogBrokenError when the disk refuses (no space, an I/O error)
   */
  append(payload: Buffer): Promise<Span> {
    const bytes = HEADER_BYTES + payload.length;
    if (!this.hasRoom(bytes)) return Promise.reject(new LogFullError('the log is full'));
    this.waitingBytes += bytes;
    const promise = new Promise<Span>((resolve, reject) => {
      this.waiting.push({ parts: [encodeHeader(payload), payload], bytes, resolve, reject });
    });
    this.committing ??= this.commitAll();
    return promise;
  }

  /**
   * The payloads of a span's records. What was damaged since it was written, or is gone, is reported and left out.
   *
   * @throws the disk's error when the file cannot be read just now
   */
  async read(span: Span): Promise<Buffer[]> {
    const segment = this.segments.get(span.segment);
    if (!segment) return [];
    const bytes = await readStretch(segment.file, span.start, span.end);
    const { records, damagedBytes, damagedPlaces, tornBytes } = scanRecords(bytes);
    const missing = span.end - span.start - bytes.length;
    if (damagedBytes + tornBytes + missing > 0) {
      this.options.onDamaged(damagedBytes + tornBytes + missing, Math.max(1, damagedPlaces));
      if (bytes.length > 0)
        await keepDamaged(segment.file, await readFile(segment.file)).catch(() => undefined);
    }
    return records.map(({ payload }) => payload);
  }

  /** Says that a span's records need not be kept; a segment without any is removed. */
  release({ segment: number, start, end }: Span): void {
    const segment = this.segments.get(number);
    if (!segment) return;
    segment.released += end - start;
    if (segment.released >= segment.size) this.trim();
  }

  /** Waits until every append is decided and every removal done, then closes the files. */
  async close(): Promise<void> {
    while (this.committing) await this.committing;
    this.trim();
    await this.trimming;
    await this.current?.handle?.close();
    this.current = null;
  }

  private trim(): void {
    this.trimming = this.trimming.then(() => this.removeReleased()).catch(() => undefined);
  }

  private async removeReleased(): Promise<void> {
    for (const segment of this.segments.values()) {
      if (segment.released < segment.size || (segment === this.current && this.committing)) continue;
      if (this.current === segment) this.current = null;
      this.options.reached('log.beforeTrim');
      this.segments.delete(segment.number);
      this.bytes -= segment.size;
      await segment.handle?.close();
      await unlink(segment.file);
      this.options.reached('log.trimmed');
    }
  }

  private async commitAll(): Promise<void> {
    // Gives the requests of this turn the chance to be in the same group.
    await new Promise((resolve) => setImmediate(resolve));
    try {
      while (this.waiting.length > 0) await this.commitGroup(this.takeGroup());
    } finally {
      this.committing = null;
      if (this.current && this.current.released >= this.current.size) this.trim();
    }
  }

  private takeGroup(): Waiting[] {
    let bytes = 0;
    let count = 0;
    for (const { bytes: more } of this.waiting) {
      if (count > 0 && bytes + more > GROUP_BYTES) break;
      bytes += more;
      count += 1;
    }
    return this.waiting.splice(0, count);
  }

  private async commitGroup(group: Waiting[]): Promise<void> {
    const bytes = group.reduce((sum, waiting) => sum + waiting.bytes, 0);
    try {
      const segment = await this.writableSegment();
      const { handle } = segment;
      if (!handle) throw new Error('the segment is closed');
      this.options.reached('log.beforeWrite');
      const start = segment.size;
      if (this.bytes + bytes > (this.options.diskBytes ?? Infinity)) {
        throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
      }
      await writeAll(
        handle,
        group.flatMap(({ parts }) => parts),
        start,
      );
      this.options.reached('log.written');
      await handle.datasync();
      this.options.reached('log.synced');
      segment.size += bytes;
      this.bytes += bytes;
      this.waitingBytes -= bytes;
      let at = start;
      for (const waiting of group) {
        waiting.resolve({ segment: segment.number, start: at, end: at + waiting.bytes });
        at += waiting.bytes;
      }
    } catch (error) {
      this.waitingBytes -= bytes;
      await this.abandonSegment();
      for (const waiting of group) waiting.reject(new LogBrokenError(error));
    }
  }

  private async writableSegment(): Promise<Segment> {
    const current = this.current;
    if (current && current.size < this.options.segmentBytes) return current;
    if (current) {
      this.current = null;
      await current.handle?.close();
      current.handle = null;
      if (current.released >= current.size) this.trim();
    }
    const number = this.next;
    this.next += 1;
    const file = path.join(this.options.dir, `${String(number).padStart(10, '0')}.log`);
    const handle = await open(file, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY, 0o600);
    await syncFolder(this.options.dir);
    const segment: Segment = { number, file, handle, size: 0, released: 0 };
    this.segments.set(number, segment);
    this.current = segment;
    return segment;
  }

  /**
   * After a failed write or sync nobody knows what the file holds behind its last good record, and a second sync
   * may report success for pages that were dropped. The bad end is cut off; the next group begins a new segment.
   */
  private async abandonSegment(): Promise<void> {
    const segment = this.current;
    this.current = null;
    if (!segment) return;
    try {
      await segment.handle?.truncate(segment.size);
      await segment.handle?.close();
    } catch {
      // The disk refuses this too; a torn end is recognised at the next start.
    }
    segment.handle = null;
    if (segment.released >= segment.size) this.trim();
  }
}

/** Recovered records are read back in pieces of about this size. */
const SPAN_BYTES = 2 ** 20;
