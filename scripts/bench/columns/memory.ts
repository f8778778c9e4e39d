/**
 * Run in a process of its own: `node memory.cjs STORE THREADS WORKER` asks every question of a store's columns, warm
 * too, and prints the peak of resident memory and how far it lies above the idle process.
 */
import { readFileSync } from 'node:fs';
import { FolderStore } from '../../../src/analytics/columns/store/folderStore';
import { FolderSupply } from '../../../src/analytics/columns/store/folderSupply';
import { COLUMN_QUESTIONS, END_AT } from './questions';

const [store = '', threads = '1', workerFile = ''] = process.argv.slice(2);
const ROUNDS = 3;

/**
 * The most memory this process has taken, in bytes. Linux begins the peak of `resourceUsage` with what the parent took
 * when it started this process, and the parent has asked all engines; it keeps this process's own apart.
 */
function peakBytes(): number {
  const status = process.platform === 'linux' ? readFileSync('/proc/self/status', 'utf8') : '';
  const own = /^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1];
  return (own === undefined ? process.resourceUsage().maxRSS : Number(own)) * 1024;
}

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
  console.log(JSON.stringify({ idleBytes, afterBytes, peakBytes: peakBytes() }));
}

void main();
