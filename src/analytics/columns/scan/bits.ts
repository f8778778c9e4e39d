import type { ReportEvent } from '../../../shared/reports/filters';
import { maskEvent, type MaskContext, type RowMask } from './rowMask';

/** Which of some events each row is, as bits: `bitsOf[keys[row]]`. */
export interface EventBits {
  readonly keys: ArrayLike<number>;
  readonly bitsOf: Int32Array;
  /** Whether keys are the codes of event types; else each row has its own. */
  readonly isByType: boolean;
}

/** The types an event may have, when nothing else decides; null otherwise. */
function typesOf(event: ReportEvent): readonly string[] | 'any' | null {
  if (typeof event === 'string') return event === '*' ? 'any' : [event];
  if ('anyOf' in event) {
    const all = event.anyOf.map(typesOf);
    if (all.includes(null)) return null;
    return all.includes('any') ? 'any' : all.flatMap((types) => types as readonly string[]);
  }
  if (event.where && event.where.length > 0) return null;
  return event.event === '*' ? 'any' : [event.event];
}

/** Bit k of a row is set where it is event k. At most 31 events. @throws NotAColumn */
export function eventBits(context: MaskContext, events: readonly ReportEvent[]): EventBits {
  const { codes, values } = context.data.table.text('eventType');
  const byType = events.map(typesOf);
  if (!byType.includes(null)) {
    const bitsOf = Int32Array.from(values, (value, code) =>
      byType.reduce(
        (bits, types, bit) =>
          types === 'any' || (code > 0 && types?.includes(value)) ? bits | (1 << bit) : bits,
        0,
      ),
    );
    return { keys: codes, bitsOf, isByType: true };
  }
  const bits = combineMasks(
    codes.length,
    events.map((event) => maskEvent(context, event)),
  );
  return { keys: Uint32Array.from(bits.keys()), bitsOf: bits, isByType: false };
}

/** Bit k of a row is set where mask k holds; a mask that is null holds everywhere. */
function combineMasks(rows: number, masks: readonly (RowMask | null)[]): Int32Array {
  const bits = new Int32Array(rows);
  masks.forEach((mask, bit) => {
    const flag = 1 << bit;
    if (mask === null) for (let row = 0; row < rows; row++) bits[row] = (bits[row] as number) | flag;
    else for (let row = 0; row < rows; row++) if (mask[row] === 1) bits[row] = (bits[row] as number) | flag;
  });
  return bits;
}
