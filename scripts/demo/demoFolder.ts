/** The demo's folder in the cache: its database, the collector's log, the app's settings, and what it holds. */
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { cacheFolder } from '../provide/cache.mjs';

const shopSchema = z.object({
  /** The sample shop's seed and number of events. */
  seed: z.number(),
  events: z.number(),
  /** The instant (ms) at which its history ends and its live traffic begins. */
  endAt: z.number(),
  /** Whether all of the history is in the database. */
  isLoaded: z.boolean(),
});

/** The shop that the demo's database holds. */
export type Shop = z.infer<typeof shopSchema>;

/** Paths of the demo; all below one folder of the cache. */
export interface DemoFolder {
  readonly database: string;
  readonly collector: string;
  readonly app: string;
  /** The shop stored here; null when there is none, or no readable one. */
  readShop(): Shop | null;
  /** Replaces what is noted about the shop, in one step. */
  writeShop(shop: Shop): Promise<void>;
  /** Deletes everything and begins with empty folders. */
  clear(): Promise<void>;
  /** Lets another demo use the folder. */
  release(): Promise<void>;
}

/**
 * Opens the folder for this process alone.
 * Throws when another demo that still runs has it.
 */
export async function openDemoFolder(root = path.join(cacheFolder(), 'demo')): Promise<DemoFolder> {
  const lock = `${root}.pid`;
  const owner = existsSync(lock) ? Number(readFileSync(lock, 'utf8')) : null;
  if (owner !== null && owner !== process.pid && isRunning(owner)) {
    throw new Error(`A demo is running already (process ${owner}). End it first with Ctrl-C.`);
  }
  await mkdir(root, { recursive: true });
  await writeFile(lock, String(process.pid));

  const shopFile = path.join(root, 'shop.json');
  const folders = ['database', 'collector', 'app'].map((name) => path.join(root, name));
  const [database = '', collector = '', app = ''] = folders;
  const makeFolders = async (): Promise<void> => {
    for (const folder of folders) await mkdir(folder, { recursive: true });
  };
  await makeFolders();
  return {
    database,
    collector,
    app,
    readShop: () => {
      if (!existsSync(shopFile)) return null;
      try {
        return shopSchema.parse(JSON.parse(readFileSync(shopFile, 'utf8')));
      } catch {
        return null; // cut short by a crash: the same as none
      }
    },
    writeShop: async (shop) => {
      await writeFile(`${shopFile}.new`, JSON.stringify(shop));
      await rename(`${shopFile}.new`, shopFile);
    },
    clear: async () => {
      await rm(root, { recursive: true, force: true, maxRetries: 5 });
      await makeFolders();
    },
    release: () => rm(lock, { force: true }),
  };
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
