import { statSync } from 'node:fs';
import { WaymarkError } from '../../shared/errors';
import { eventLineToItem } from '../../shared/model/ingest/eventLine';
import type { IngestItem } from '../../shared/model/ingest/item';
import type { Ingest } from '../ingest/ingest';
import { canonicalJson, digestOf } from './canonical';
import { OccurrenceNumbers } from './occurrences';
import { formatOf, readRecords, type FileRecord, type ImportFormat } from './records';

/** Items written at once. */
const BATCH = 1_000;
/** Lines after which users, sessions and identities are brought up to date. */
const DERIVE_EVERY = 20_000;

export interface ImportCounts {
  readonly accepted: number;
  /** Lines whose event was there already, from an earlier import or earlier in the files. */
  readonly duplicate: number;
  readonly rejected: number;
}

export interface ImportProgress extends ImportCounts {
  /** Bytes of the files read so far, packed ones as packed. */
  readonly bytesRead: number;
  readonly bytesTotal: number;
}

/** A line that was not taken. */
export interface RejectedRecord {
  readonly file: string;
  readonly line: number;
  readonly reason: string;
  /** The key that is at fault, when one is. */
  readonly path?: string;
  /** The line as it stands in the file; missing when it is too long. */
  readonly text?: string;
}

export interface ImportRequest {
  readonly files: readonly string[];
  /** By each file's name unless given. */
  readonly format?: ImportFormat | undefined;
  readonly ingest: Ingest;
  /** The time of receipt of every event (ms). */
  readonly now: number;
  readonly signal?: AbortSignal | undefined;
  readonly onRejected?: ((record: RejectedRecord) => Promise<void> | void) | undefined;
  readonly onProgress?: ((progress: ImportProgress) => void) | undefined;
}

/** The id of a line without `messageId`: the same file gives the same ids each time it is read. */
function idOf(value: unknown, numbers: OccurrenceNumbers): string {
  const digest = digestOf(canonicalJson(value));
  const number = numbers.next(digest);
  const hash = digest.toString('hex').slice(0, 32);
  return number === 0 ? `line-${hash}` : `line-${hash}-${number}`;
}

const hasOwnId = (value: unknown): boolean =>
  value !== null && typeof value === 'object' && 'messageId' in value && value.messageId !== undefined;

/** What goes on in one import: counts, and the batch being filled. */
class Import {
  accepted = 0;
  duplicate = 0;
  rejected = 0;
  private batch: { item: IngestItem; record: FileRecord; file: string }[] = [];
  private writing: Promise<void> = Promise.resolve();
  private deriving: Promise<void> = Promise.resolve();
  private sinceDerived = 0;

  constructor(
    private readonly request: ImportRequest,
    private readonly report: () => void,
  ) {}

  async take(file: string, record: FileRecord, numbers: OccurrenceNumbers): Promise<void> {
    const { content } = record;
    if (!content.ok) {
      await this.reject(file, record, content.reason);
      return;
    }
    const messageId = hasOwnId(content.value) ? '' : idOf(content.value, numbers);
    const receivedAt = new Date(this.request.now);
    const read = eventLineToItem(content.value, { receivedAt, messageId, badTime: 'reject' });
    if (!read.ok) {
      await this.reject(file, record, read.reason, read.path);
      return;
    }
    this.batch.push({ item: read.item, record, file });
    if (this.batch.length >= BATCH) await this.flush();
  }

  /** Hands the batch on; waits only for the one before, so that reading and writing overlap. */
  async flush(): Promise<void> {
    const batch = this.batch;
    this.batch = [];
    await this.writing;
    this.writing = this.write(batch);
    // A failure is met by whoever awaits next; without this it would count as unhandled until then.
    this.writing.catch(() => undefined);
  }

  async finish(): Promise<void> {
    await this.flush();
    await this.writing;
    await this.deriving;
    await this.request.ingest.derive();
  }

  private async write(
    batch: readonly { item: IngestItem; record: FileRecord; file: string }[],
  ): Promise<void> {
    if (batch.length === 0) return;
    const { ingest } = this.request;
    const outcomes = await ingest.write(batch.map(({ item }) => item));
    for (const [index, { record, file }] of batch.entries()) {
      const outcome = outcomes[index];
      if (outcome === 'stored') this.accepted += 1;
      else if (outcome === 'duplicate') this.duplicate += 1;
      else await this.reject(file, record, outcome?.rejected ?? 'the database did not say why');
    }
    this.sinceDerived += batch.length;
    if (this.sinceDerived >= DERIVE_EVERY) {
      this.sinceDerived = 0;
      // One derivation goes on beside the writing; whoever is quicker waits.
      await this.deriving;
      this.deriving = ingest.derive();
      this.deriving.catch(() => undefined);
    }
    this.report();
  }

  private async reject(file: string, record: FileRecord, reason: string, path?: string): Promise<void> {
    this.rejected += 1;
    await this.request.onRejected?.({
      file,
      line: record.line,
      reason,
      ...(path === undefined ? {} : { path }),
      ...(record.text === undefined ? {} : { text: record.text }),
    });
  }
}

/**
 * Loads events from files into a database by the same rules of validation, identity and time as the
 * collector. Memory does not grow with the files. Importing a file again adds nothing, so an import that
 * broke off is resumed by running it again.
 * @throws WaymarkError `badInput` when a file cannot be read on, `cancelled`; the driver's own errors
 */
export async function importEvents(request: ImportRequest): Promise<ImportCounts> {
  const { files, ingest, signal, onProgress } = request;
  const sizes = files.map((file) => statSync(file).size);
  const bytesTotal = sizes.reduce((sum, size) => sum + size, 0);
  let bytesBefore = 0;
  let bytesInFile = 0;
  const work = new Import(request, () => {
    const { accepted, duplicate, rejected } = work;
    onProgress?.({ accepted, duplicate, rejected, bytesRead: bytesBefore + bytesInFile, bytesTotal });
  });
  await ingest.prepare();
  for (const [index, file] of files.entries()) {
    const numbers = new OccurrenceNumbers();
    const format = request.format ?? formatOf(file);
    const onBytes = (bytes: number): void => {
      bytesInFile = bytes;
    };
    for await (const record of readRecords(file, format, onBytes)) {
      if (signal?.aborted === true) {
        await work.finish();
        throw new WaymarkError(
          'cancelled',
          `The import was cancelled at line ${record.line} of ${file}. Run it again to go on; what is stored is recognised.`,
        );
      }
      await work.take(file, record, numbers);
    }
    bytesBefore += sizes[index] ?? 0;
    bytesInFile = 0;
  }
  await work.finish();
  const { accepted, duplicate, rejected } = work;
  return { accepted, duplicate, rejected };
}
