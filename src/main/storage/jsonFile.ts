import { promises as fs } from 'node:fs';
import path from 'node:path';
import type { z } from 'zod';
import { fileFault } from './fileFault';

/** Told when a file could not be read as what it should be; the file has been set aside under `movedTo`. */
export type CorruptFileListener = (file: string, movedTo: string) => void;

export interface JsonFile<T> {
  /** The content; the schema's default for a missing file, and for a corrupt one, which is set aside first. */
  read(): Promise<T>;
  /**
   * Changes the content; changes happen one after the other and are on disk when the promise settles.
   * @throws WaymarkError when the disk refuses; then the content is as before
   */
  update(change: (content: T) => T): Promise<T>;
}

/**
 * Writes a file so that it is either the old or the new one, also when the machine stops in between:
 * a temporary file beside it, flushed, then renamed over it. Readable by the user alone.
 */
export async function writeAtomically(file: string, content: string | Uint8Array): Promise<void> {
  await fs.mkdir(path.dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.${Date.now().toString(36)}.tmp`;
  try {
    const handle = await fs.open(temporary, 'w', 0o600);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await fs.rename(temporary, file);
  } catch (error) {
    await fs.rm(temporary, { force: true });
    throw error;
  }
}

const pendingWrites = new Set<Promise<unknown>>();

/** Settles when every change under way is on disk; the app waits for it before it quits. */
export async function settleWrites(): Promise<void> {
  while (pendingWrites.size > 0) await Promise.allSettled([...pendingWrites]);
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';

/**
 * One small JSON file with a schema. `initial` is parsed by the schema too, so that defaults live there alone.
 */
export function openJsonFile<T>(options: {
  file: string;
  schema: z.ZodType<T>;
  initial: unknown;
  onCorrupt: CorruptFileListener;
}): JsonFile<T> {
  const { file, schema, initial, onCorrupt } = options;
  let content: Promise<T> | undefined;
  let queue: Promise<unknown> = Promise.resolve();

  async function load(): Promise<T> {
    let text: string;
    try {
      text = await fs.readFile(file, 'utf8');
    } catch (error) {
      if (isMissing(error)) return schema.parse(initial);
      throw error;
    }
    try {
      return schema.parse(JSON.parse(text));
    } catch {
      const movedTo = `${file}.corrupt-${new Date().toISOString().replace(/[:.]/g, '-')}`;
      await fs.rename(file, movedTo);
      onCorrupt(file, movedTo);
      return schema.parse(initial);
    }
  }

  const read = (): Promise<T> => {
    content ??= load().catch((error: unknown) => {
      content = undefined;
      throw error;
    });
    return content;
  };

  return {
    read,
    update(change) {
      const step = queue.then(async () => {
        const next = schema.parse(change(await read()));
        try {
          await writeAtomically(file, `${JSON.stringify(next, null, 2)}\n`);
        } catch (error) {
          throw fileFault('written', file, error);
        }
        content = Promise.resolve(next);
        return next;
      });
      queue = step.catch(() => undefined);
      pendingWrites.add(step);
      const forget = (): void => void pendingWrites.delete(step);
      step.then(forget, forget);
      return step;
    },
  };
}
