import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { BSON, type Document } from 'mongodb';
import { DAY_MS } from '../../../shared/time/units';
import { decodeBlock } from '../format/decode';
import { encodeBlock } from '../format/encode';
import { FolderStore } from '../store/folderStore';
import type { Manifest, StoredFile } from '../store/manifest';
import { shiftBlock, shiftDates } from './shiftBlock';

const WEEK_MS = 7 * DAY_MS;

/** How far a store is moved, and where it is cut. */
interface Move {
  /** Whole weeks, ms. */
  readonly ms: number;
  /** ms. */
  readonly until: number;
}

interface Line extends Document {
  readonly at?: number;
  readonly document?: Document;
}

/** Lines of events or of profiles, moved; events from the cut on are left out. */
function moveLines(bytes: Uint8Array, { ms, until }: Move): Buffer {
  const moved: string[] = [];
  for (const text of gunzipSync(bytes).toString('utf8').split('\n')) {
    if (text === '') continue;
    const line = BSON.EJSON.parse(text, { relaxed: true }) as Line;
    if (line.at !== undefined && line.at + ms >= until) continue;
    const changed = {
      ...line,
      ...(line.at === undefined ? {} : { at: line.at + ms }),
      ...(line.document === undefined ? {} : { document: shiftDates(line.document, ms, until) }),
    };
    moved.push(`${BSON.EJSON.stringify(changed, { relaxed: true })}\n`);
  }
  return gzipSync(moved.join(''), { level: 1 });
}

/**
 * A folder of columns seen as if it had been built for today: everything is moved forward by whole weeks, so that
 * weekdays stay what they are, until its end lies in the week that follows `until`, and nothing from `until` on is
 * there yet. Reading only.
 */
export class ShiftedStore extends FolderStore {
  readonly #until: number;
  /** Names under which the moved files are known, and the stored files behind them. */
  readonly #originals = new Map<string, StoredFile>();
  #move: Move | undefined;

  /** @param until ms: now */
  constructor(folder: string, until: number) {
    super(folder);
    this.#until = until;
  }

  override async readManifest(): Promise<Manifest | null> {
    const manifest = await super.readManifest();
    if (!manifest) return null;
    const endsAt = Date.parse(manifest.builtAt);
    const until = this.#until;
    const move = { ms: Math.max(0, Math.ceil((until - endsAt) / WEEK_MS)) * WEEK_MS, until };
    this.#move = move;
    const blocks: Manifest['blocks'] = [];
    for (const block of manifest.blocks) {
      const [start, end] = [block.start + move.ms, block.end + move.ms];
      if (start >= until) continue;
      if (end <= until) blocks.push({ ...block, ...this.#rename(block, move), start, end });
      else {
        const { rows } = shiftBlock(decodeBlock(await super.get(block)), move.ms, until);
        if (rows > 0) blocks.push({ ...block, ...this.#rename(block, move), rows, start, end: until });
      }
    }
    return {
      ...manifest,
      blocks,
      builtAt: new Date(until).toISOString(),
      profiles: this.#rename(manifest.profiles, move),
      ...(manifest.details ? { details: manifest.details.map((file) => this.#rename(file, move)) } : {}),
      ...(manifest.detailsOfDays
        ? {
            detailsOfDays: manifest.detailsOfDays.map((day) => ({
              ...day,
              ...this.#rename(day, move),
              start: day.start + move.ms,
            })),
          }
        : {}),
    };
  }

  override async get(stored: StoredFile): Promise<Buffer> {
    const original = this.#originals.get(stored.file);
    const move = this.#move;
    if (!original || !move) return super.get(stored);
    const bytes = await super.get(original);
    if (!stored.file.startsWith('block-')) return moveLines(bytes, move);
    return Buffer.from(await encodeBlock(shiftBlock(decodeBlock(bytes), move.ms, move.until)));
  }

  /** A name of its own for the moved content of a file. */
  #rename(stored: StoredFile, { ms, until }: Move): StoredFile {
    const hash = createHash('sha256').update(`${stored.file} ${ms} ${until}`).digest('hex');
    const file = stored.file.replace(/[0-9a-f]{64}/, hash);
    this.#originals.set(file, stored);
    return { ...stored, file };
  }
}
