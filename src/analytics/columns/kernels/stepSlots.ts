import type { EventBits } from '../scan/bits';
import type { RowMask } from '../scan/rowMask';

/** The slot of a row that matches no step; a row that matches step k (from 1) has slot k + 1. */
export const NO_STEP = 1;

/** Which step each row is, at most one: `slotOf[keys[row]]`. */
export interface StepSlots {
  readonly keys: ArrayLike<number>;
  readonly slotOf: Uint8Array;
  /** Whether keys are the codes of event types. */
  readonly isByType: boolean;
}

const SAME = Uint8Array.from({ length: 34 }, (_, slot) => slot);

/** Slots of a part's rows, reused from part to part: a thread scans one after the other. */
let scratch = new Uint8Array(0);

/**
 * The one step that each row matches; null where some row matches several. What is returned holds until the next
 * call in the same thread.
 * @param passes rows that fail match no step
 */
export function stepSlots({ keys, bitsOf, isByType }: EventBits, passes: RowMask | null): StepSlots | null {
  const slotOf = new Uint8Array(bitsOf.length);
  for (let key = 0; key < bitsOf.length; key++) {
    const bits = bitsOf[key] as number;
    if ((bits & (bits - 1)) !== 0) return null;
    slotOf[key] = 33 - Math.clz32(bits);
  }
  if (passes === null && isByType) return { keys, slotOf, isByType };
  const rows = keys.length;
  if (scratch.length < rows) scratch = new Uint8Array(rows);
  const slots = scratch.subarray(0, rows);
  if (passes === null) {
    for (let row = 0; row < rows; row++) slots[row] = slotOf[keys[row] as number] as number;
  } else {
    for (let row = 0; row < rows; row++) {
      const slot = slotOf[keys[row] as number] as number;
      slots[row] = NO_STEP + ((slot - NO_STEP) & -(passes[row] as number));
    }
  }
  return { keys: slots, slotOf: SAME, isByType: false };
}
