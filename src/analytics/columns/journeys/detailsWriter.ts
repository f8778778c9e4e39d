import { appendFile, readFile, rm } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { BSON } from 'mongodb';
import type { FolderStore } from '../store/folderStore';
import type { StoredFile } from '../store/manifest';
import { partitionOf, partitionsFor, type EventDetails } from './details';

/** Text of one partition that waits to be compressed, in characters. */
const CHUNK_LENGTH = 1 << 18;

interface Partition {
  readonly temporary: string;
  text: string;
  rows: number;
}

/**
 * Writes what journeys need (ids and whole properties) beside the columns, each person's events in one file. Memory is
 * bounded by a chunk a partition.
 */
export class DetailsWriter {
  readonly #store: FolderStore;
  readonly #partitions: readonly Partition[];

  /** @param events about how many will come */
  constructor(store: FolderStore, events: number) {
    this.#store = store;
    const build = randomUUID();
    this.#partitions = Array.from({ length: partitionsFor(events) }, (_, index) => ({
      temporary: path.join(store.filesFolder, `details-${build}-${index}.tmp`),
      text: '',
      rows: 0,
    }));
  }

  async add(event: EventDetails): Promise<void> {
    const partition = this.#partitions[partitionOf(event.user, this.#partitions.length)] as Partition;
    partition.text += `${BSON.EJSON.stringify(event, { relaxed: true })}\n`;
    partition.rows += 1;
    if (partition.text.length >= CHUNK_LENGTH) await this.#flush(partition);
  }

  /** @returns the files by partition */
  async finish(): Promise<StoredFile[]> {
    const files: StoredFile[] = [];
    for (const partition of this.#partitions) {
      await this.#flush(partition);
      const bytes = await readFile(partition.temporary);
      files.push(await this.#store.put('details', 'ndjson.gz', bytes, partition.rows));
      await rm(partition.temporary);
    }
    return files;
  }

  /** Members of a gzip file follow one another, so each chunk is compressed on its own. */
  async #flush(partition: Partition): Promise<void> {
    const bytes = gzipSync(partition.text);
    partition.text = '';
    await appendFile(partition.temporary, bytes);
  }
}
