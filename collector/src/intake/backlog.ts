import type { InsertOutcome } from '../../../src/analytics/ingest/insertOnce';
import type { Span, WriteAheadLog } from '../log/writeAheadLog';
import { countItems, decodePayload, type Entry, isParcel, type Parcel } from './entry';

/** An entry on its way to the database. */
export interface Load {
  entry: Entry | Parcel;
  /** Says that the log need not keep it; null when the log refused it and the database must take it directly. */
  release: (() => void) | null;
  /** When it was accepted, milliseconds since 1970. */
  acceptedAt: number;
  /** Its length in the log. */
  bytes: number;
  /** Told what became of the items, when somebody waits for it. */
  done?: (outcomes: InsertOutcome[]) => void;
}

/** An entry that waits as its bytes, which cost a fraction of its objects and nothing of the garbage collector's time. */
interface Packed extends Omit<Load, 'entry' | 'done'> {
  payload: Buffer;
  items: number;
}

/** An entry that has left memory and is read back from the log when its turn comes. */
interface Spilled {
  span: Span;
  acceptedAt: number;
}

const unpack = ({ payload, release, acceptedAt, bytes }: Packed): Load => ({
  entry: decodePayload(payload),
  release,
  acceptedAt,
  bytes,
});

/** What is known of an entry when it comes in. */
export interface Arrived extends Pick<Load, 'acceptedAt' | 'done'> {
  entry: Entry;
}

/** Behind so many items an entry waits as bytes, a parcel always: reading them again costs what keeping objects for long would. */
const NEAR_ITEMS = 10_000;

/** Neighbouring spilled entries are read back together up to this size. */
const PIECE_BYTES = 2 ** 20;

/**
 * What waits to be written to the database, oldest first. Entries stay in memory up to a budget; what comes
 * above it is kept only in the log and read back later, so memory stays bounded however long the database is away.
 */
export class Backlog {
  /** Null where one was taken, for nothing but the database shall hold it then. */
  private queue: (Load | Packed | Spilled | null)[] = [];
  private head = 0;
  private memoryBytes = 0;
  private logBytes = 0;
  /** Items of the entries in memory, and how many of these somebody waits for. */
  private memoryItems = 0;
  private urgent = 0;

  constructor(
    private readonly log: WriteAheadLog,
    private readonly memoryLimitBytes: number,
  ) {}

  /** Entries (or pieces of the log) that wait. */
  get depth(): number {
    return this.queue.length - this.head;
  }

  /** Bytes that wait, in memory and in the log alone. */
  get bytes(): number {
    return this.memoryBytes + this.logBytes;
  }

  /** Whether an entry that the log refused may still be kept in memory. */
  get hasMemory(): boolean {
    return this.memoryBytes < this.memoryLimitBytes;
  }

  /** When the oldest waiting entry was accepted, or null. */
  get oldestAt(): number | null {
    return this.queue[this.head]?.acceptedAt ?? null;
  }

  /** Whether a batch of `items` is together, or what there is should not wait for more. */
  isRipe(items: number, lingerMs: number): boolean {
    const { oldestAt } = this;
    if (oldestAt === null) return false;
    return (
      this.memoryItems >= items || this.urgent > 0 || this.logBytes > 0 || Date.now() - oldestAt >= lingerMs
    );
  }

  /** Adds an entry, encoded as `payload`, that lies at `span` in the log, or nowhere else. */
  add({ entry, acceptedAt, done }: Arrived, payload: Buffer, span: Span | null): void {
    const bytes = payload.length;
    if (span !== null && done === undefined && this.memoryBytes + bytes > this.memoryLimitBytes) {
      this.addSpan(span, acceptedAt);
      return;
    }
    const items = entry.items.length;
    const release = span === null ? null : () => this.log.release(span);
    if (done) this.queue.push({ entry, release, acceptedAt, bytes, done });
    else if (this.memoryItems < NEAR_ITEMS && !isParcel(payload))
      this.queue.push({ entry, release, acceptedAt, bytes });
    else this.queue.push({ payload, items, release, acceptedAt, bytes });
    this.memoryBytes += bytes;
    this.memoryItems += items;
    if (done) this.urgent += 1;
  }

  /** Adds records that lie only in the log. */
  addSpan(span: Span, acceptedAt: number): void {
    this.logBytes += span.end - span.start;
    const last = this.depth > 0 ? this.queue[this.queue.length - 1] : undefined;
    const joins =
      last != null &&
      'span' in last &&
      last.span.segment === span.segment &&
      last.span.end === span.start &&
      span.end - last.span.start <= PIECE_BYTES;
    if (joins) last.span = { ...last.span, end: span.end };
    else this.queue.push({ span, acceptedAt });
  }

  /**
   * Takes entries from the front until about `items` items are together; empty when nothing waits.
   *
   * @throws the disk's error when an entry cannot be read back from the log; it then waits at the front
   */
  async take(items: number): Promise<Load[]> {
    const loads: Load[] = [];
    let count = 0;
    while (this.depth > 0 && (loads.length === 0 || count < items)) {
      const first = this.shift();
      if (!first) break;
      if (!('span' in first)) {
        const load = 'entry' in first ? first : unpack(first);
        const items = countItems(load.entry);
        this.memoryBytes -= load.bytes;
        this.memoryItems -= items;
        if (load.done) this.urgent -= 1;
        loads.push(load);
        count += items;
        continue;
      }
      const { span, acceptedAt } = first;
      let entries: Pick<Load, 'entry' | 'bytes'>[];
      try {
        const payloads = await this.log.read(span);
        entries = payloads.map((payload) => ({ entry: decodePayload(payload), bytes: payload.length }));
      } catch (error) {
        this.queue = [first, ...this.queue.slice(this.head)];
        this.head = 0;
        if (loads.length > 0) return loads;
        throw error;
      }
      this.logBytes -= span.end - span.start;
      let left = entries.length;
      const release = (): void => {
        left -= 1;
        if (left === 0) this.log.release(span);
      };
      for (const { entry, bytes } of entries) {
        loads.push({ entry, release, acceptedAt, bytes });
        count += countItems(entry);
      }
      if (entries.length === 0) this.log.release(span);
    }
    return loads;
  }

  private shift(): Load | Packed | Spilled | null {
    const first = this.queue[this.head] ?? null;
    this.queue[this.head] = null;
    this.head += 1;
    if (this.head > 1_000 && this.head * 2 > this.queue.length) {
      this.queue = this.queue.slice(this.head);
      this.head = 0;
    }
    return first;
  }
}
