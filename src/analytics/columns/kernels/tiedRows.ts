import { GrowingInt32 } from '../../kernels/growing';
import type { PartLayout } from '../table/personTable';
import { NO_STEP, type StepSlots } from './stepSlots';
import type { Times } from '../table/times';

/** Rows that have the instant of the row before, which is the same person's; ascending. */
export type TiedRows = Uint32Array;

/** Which rows share their instant with the person's row before. */
export function tiedRows({ start, people }: PartLayout, at: Times): TiedRows {
  const tied = new GrowingInt32();
  for (let person = 0; person < people; person++) {
    const end = start[person + 1] as number;
    for (let row = (start[person] as number) + 1; row < end; row++) {
      if (at.of(row) === at.of(row - 1)) tied.push(row);
    }
  }
  return Uint32Array.from(tied.view);
}

/**
 * The instants whose events stand in another order than their steps, as pairs: first row, and the one behind the last.
 * All other rows may be followed one after the other (see `RowFollower`).
 */
export function misorderedInstants(tied: TiedRows, { keys, slotOf }: StepSlots): Uint32Array {
  const found: number[] = [];
  let first = 0;
  let last = -2;
  let highest = NO_STEP;
  let isFound = false;
  for (let index = 0; index < tied.length; index++) {
    const row = tied[index] as number;
    const slot = slotOf[keys[row] as number] as number;
    if (row !== last + 1) {
      first = row - 1;
      highest = slotOf[keys[first] as number] as number;
      isFound = false;
    }
    last = row;
    if (slot >= highest) highest = slot;
    else if (slot !== NO_STEP && !isFound) {
      isFound = true;
      found.push(first, row);
    }
    if (isFound) found[found.length - 1] = row + 1;
  }
  return Uint32Array.from(found);
}
