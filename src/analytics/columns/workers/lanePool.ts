import { cpus } from 'node:os';
import { WaymarkError } from '../../../shared/errors';
import { findWorkerFile, LocalLane, WorkerLane, type Lane } from './lanes';

/** Several lanes, and a way to spread work over them. */
export class LanePool {
  readonly lanes: readonly Lane[];

  constructor(lanes: readonly Lane[]) {
    this.lanes = lanes;
  }

  /**
   * Does something with every item, on each lane one at a time (and the next item's input being fetched
   * meanwhile), and answers in the items' order.
   * @throws the first failure; `cancelled`
   */
  async each<Item, Output>(
    items: readonly Item[],
    work: (item: Item, lane: Lane) => Promise<Output>,
    signal?: AbortSignal,
  ): Promise<Output[]> {
    const outputs = new Array<Output>(items.length);
    let next = 0;
    const run = async (lane: Lane): Promise<void> => {
      while (next < items.length) {
        if (signal?.aborted === true) throw new WaymarkError('cancelled', 'The report was cancelled.');
        const index = next++;
        outputs[index] = await work(items[index] as Item, lane);
      }
    };
    // Two callers a lane: while one waits for its bytes, the lane works for the other.
    await Promise.all(this.lanes.flatMap((lane) => [run(lane), run(lane)]));
    return outputs;
  }

  /** Asks every lane the same. */
  async all<Output>(work: (lane: Lane, index: number) => Promise<Output>): Promise<Output[]> {
    return Promise.all(this.lanes.map(work));
  }

  async close(): Promise<void> {
    await Promise.all(this.lanes.map((lane) => lane.close()));
  }
}

/** One worker a core; this thread alone where there is one core, or no worker to be found. */
export function createLanePool(threads = cpus().length, workerFile?: string): LanePool {
  const file = threads > 1 ? (workerFile ?? findWorkerFile()) : null;
  if (file === null) return new LanePool([new LocalLane()]);
  return new LanePool(Array.from({ length: threads }, () => new WorkerLane(file)));
}
