import { randomUUID } from 'node:crypto';
import { readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { WaymarkError } from '../../../shared/errors';

const LOCK = 'builder.json';

/** Who builds shows so often that it is alive. */
const SHOW_EVERY_MS = 5_000;

/** Who has not shown for so long is gone, on whatever machine it ran. */
const GONE_AFTER_MS = 60_000;

const holderSchema = z.object({ token: z.string(), host: z.string(), pid: z.number().int() });
type Holder = z.infer<typeof holderSchema>;

/** The right to build a folder, which one process has at a time: builds remove each other's files otherwise. */
export class FolderLock {
  readonly #file: string;
  readonly #token: string;
  readonly #showing: NodeJS.Timeout;

  private constructor(file: string, token: string) {
    this.#file = file;
    this.#token = token;
    this.#showing = setInterval(() => {
      void utimes(file, new Date(), new Date()).catch(() => undefined);
    }, SHOW_EVERY_MS).unref();
  }

  /**
   * Takes the lock of a folder, over from who has died.
   * @throws WaymarkError `badInput` while somebody else builds the folder
   */
  static async take(folder: string): Promise<FolderLock> {
    const file = path.join(folder, LOCK);
    const own: Holder = { token: randomUUID(), host: hostname(), pid: process.pid };
    for (;;) {
      try {
        await writeFile(file, JSON.stringify(own), { flag: 'wx' });
        return new FolderLock(file, own.token);
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      }
      const holder = await readHolder(file);
      if (await isAlive(file, holder)) {
        const who = holder ? ` (process ${holder.pid} on ${holder.host})` : '';
        throw new WaymarkError('badInput', `Another command${who} is building ${folder}.`, { path: 'store' });
      }
      await rm(file, { force: true });
    }
  }

  /** @throws WaymarkError `badInput` when somebody has taken it over, taking this process for dead */
  async assertHeld(): Promise<void> {
    if ((await readHolder(this.#file))?.token === this.#token) return;
    throw new WaymarkError('badInput', `Another command has taken over ${path.dirname(this.#file)}.`);
  }

  async release(): Promise<void> {
    clearInterval(this.#showing);
    if ((await readHolder(this.#file))?.token === this.#token) await rm(this.#file, { force: true });
  }
}

/** Null while the file is being written, or is gone. */
async function readHolder(file: string): Promise<Holder | null> {
  try {
    return holderSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return null;
  }
}

async function isAlive(file: string, holder: Holder | null): Promise<boolean> {
  const state = await stat(file).catch(() => null);
  if (!state) return false;
  if (holder?.host === hostname() && !isRunning(holder.pid)) return false;
  return Date.now() - state.mtimeMs < GONE_AFTER_MS;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
