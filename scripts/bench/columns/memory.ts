/**
 * Run in a process of its own: `node memory.cjs STORE THREADS WORKER` asks every question of a store's columns, warm
 * too, and prints the peak of resident memory and how far it lies above the idle process.
 */
import { FolderStore } from '../../../src/analytics/columns/store/folderStore';
import { FolderSupply } from '../../../src/analytics/columns/store/folderSupply';
import { COLUMN_QUESTIONS, END_AT } from './questions';

const [store = '', threads = '1', workerFile = ''] = process.argv.slice(2);
const ROUNDS = 3;

async function main(): Promise<void> {
  const idleBytes = process.memoryUsage().rss;
  const supply = new FolderSupply(new FolderStore(store), { threads: Number(threads), workerFile });
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { report } of COLUMN_QUESTIONS) {
      const snapshot = await supply.snapshot();
      await supply.engine.run({ report, snapshot, now: END_AT, sessionGapMs: 1_800_000 });
    }
  }
  const afterBytes = process.memoryUsage().rss;
  await supply.close();
  // The system counts the peak in KiB.
  const peakBytes = process.resourceUsage().maxRSS * 1024;
  console.log(JSON.stringify({ idleBytes, afterBytes, peakBytes }));
}

void main();
