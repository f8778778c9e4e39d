import { setMaxListeners } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { MongoClient } from 'mongodb';
import { z } from 'zod';
import { readCompactorCrash } from '../../../src/analytics/columns/compact/crashPoints';
import { runCompactors } from '../../../src/analytics/columns/compact/runCompactors';
import { WaymarkError } from '../../../src/shared/errors';
import { connectPatiently } from '../connectPatiently';

/** What the thread is started with. */
export const compactorWorkSchema = z.object({
  role: z.literal('compactor'),
  uri: z.string(),
  everyMs: z.number(),
  databases: z.array(z.string()),
});
export type CompactorWork = z.infer<typeof compactorWorkSchema>;

/** What the collector tells the thread: which databases there are, or that it is to end. */
export const compactorOrderSchema = z.union([
  z.object({ databases: z.array(z.string()) }),
  z.object({ stop: z.literal(true) }),
]);
export type CompactorOrder = z.infer<typeof compactorOrderSchema>;

/** What the thread tells the collector of one round. */
export const compactorNewsSchema = z.union([
  z.object({ database: z.string(), built: z.number(), dirty: z.number(), lagSec: z.number() }),
  z.object({ database: z.string(), error: z.string(), reason: z.string().optional() }),
]);
export type CompactorNews = z.infer<typeof compactorNewsSchema>;

/** Keeps column blocks up in a thread of its own, so that building them never delays a request. */
export async function runCompactorThread(): Promise<void> {
  const work = compactorWorkSchema.parse(workerData);
  const port = parentPort;
  if (!port) throw new Error('The compactor runs in a thread.');
  const stopping = new AbortController();
  setMaxListeners(0, stopping.signal); // each call of a round listens for the end
  let { databases } = work;
  port.on('message', (message: unknown) => {
    const order = compactorOrderSchema.parse(message);
    if ('stop' in order) stopping.abort();
    else databases = order.databases;
  });
  const tell = (news: CompactorNews): void => port.postMessage(news);
  const client = new MongoClient(work.uri, {
    appName: 'waymark-compactor',
    serverSelectionTimeoutMS: 5_000,
    connectTimeoutMS: 5_000,
    maxPoolSize: 5,
    retryWrites: true,
  });
  await connectPatiently(client, stopping.signal);
  await runCompactors({
    client,
    databases: () => databases,
    everyMs: work.everyMs,
    signal: stopping.signal,
    reached: readCompactorCrash(process.env),
    onStep: (database, { built, dirty, lagSec, isIdle }) => {
      if (!isIdle) tell({ database, built, dirty, lagSec });
    },
    onError: (database, error) => tell({ database, ...describe(error) }),
  });
  await client.close();
  port.close();
}

/**
 * What may be said of an error: its code or class, and the sentence where it is one of ours about what this server
 * can't do. Other texts may hold an address or a value.
 */
function describe(error: unknown): { error: string; reason?: string } {
  if (error instanceof WaymarkError && error.code === 'badInput') {
    return { error: error.code, reason: error.message };
  }
  if (typeof error === 'object' && error !== null && 'code' in error) return { error: String(error.code) };
  return { error: error instanceof Error ? error.name : 'unknown' };
}
