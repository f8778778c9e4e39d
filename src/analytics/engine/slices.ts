import { packsFor, type Packs } from '../pipeline/packs';
import type { AnyRunContext } from './context';

/** A stretch of time, ms; `to` exclusive. */
export interface Slice {
  readonly from: number;
  readonly to: number;
}

/** Stretches that the server works on at the same time. */
const PARALLEL = 2;

/**
 * Cuts a period into stretches that the server may work on at the same time; rows of several slices are
 * added up by whoever reads them.
 */
export function sliceRange(context: AnyRunContext, range: Slice, slices = PARALLEL): Slice[] {
  const { estimate, reading } = context;
  const newest = context.dataThrough === null ? range.to : Math.min(range.to, context.dataThrough + 1);
  if (!estimate || estimate.documents < reading.slicedFrom || newest <= range.from) return [range];
  const step = Math.floor((newest - range.from) / slices);
  if (step < 1 || range.from + (slices - 1) * step >= range.to) return [range];
  return Array.from({ length: slices }, (_, index) => ({
    from: range.from + index * step,
    to: index === slices - 1 ? range.to : range.from + (index + 1) * step,
  }));
}

/**
 * Reads slices some at a time. Reading in progress is waited for even after a failure, so that no rows of a
 * failed attempt come in after a new beginning.
 */
export async function readSliced(
  slices: readonly Slice[],
  read: (slice: Slice) => Promise<void>,
): Promise<void> {
  const waiting = [...slices];
  const work = async (): Promise<void> => {
    for (let slice = waiting.shift(); slice !== undefined; slice = waiting.shift()) {
      try {
        await read(slice);
      } catch (error) {
        waiting.length = 0;
        throw error;
      }
    }
  };
  const outcomes = await Promise.allSettled(Array.from({ length: PARALLEL }, work));
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}

/** How a run's rows are packed. */
export function packsOf({ estimate, reading }: AnyRunContext): Packs {
  return reading.isPacked ? packsFor(estimate?.documents) : null;
}
