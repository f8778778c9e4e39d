/** What a paths report asks of one unit's events. */
export interface WalkPlan {
  /** Positions, 2 to 20. */
  readonly steps: number;
  readonly collapseRepeats: boolean;
  readonly hasStart: boolean;
  readonly hasEnd: boolean;
}

/** What an event is to a path. */
export const HIDDEN = 1;
export const STARTS = 2;
export const ENDS = 4;

/** A unit's path: names at consecutive positions. */
export interface Walk {
  /** The first name's position, from 1. */
  readonly firstPosition: number;
  /** Name codes. */
  readonly names: readonly number[];
  /** Whether the unit ends before the last position, and not at the report's end event. */
  readonly dropsOff: boolean;
}

/**
 * A unit's path, worked out in this order: hide, anchor, collapse repeats, cut. Folding rare names needs all
 * units and comes later.
 * @param names name code of each event, by time and event id
 * @param marks what each event is to the report (HIDDEN, STARTS, ENDS), as bits
 * @returns undefined when nothing is left
 */
export function walkUnit(
  plan: WalkPlan,
  names: ArrayLike<number>,
  marks: ArrayLike<number>,
  length: number,
): Walk | undefined {
  const { steps, collapseRepeats, hasStart, hasEnd } = plan;
  const fromTheRight = hasEnd && !hasStart;
  const kept: number[] = [];
  let started = !hasStart;
  let startedNow = false;
  let ended = false;
  let last = -1;
  for (let i = 0; i < length && !ended; i += 1) {
    const mark = marks[i] as number;
    if ((mark & HIDDEN) !== 0) continue;
    startedNow = false;
    if (!started) {
      if ((mark & STARTS) === 0) continue;
      started = true;
      startedNow = true;
    }
    const name = names[i] as number;
    if (!collapseRepeats || name !== last) {
      // Without an end, or once the positions are full, later names change nothing.
      if (fromTheRight || kept.length < steps) kept.push(name);
      else if (!hasEnd) break;
    }
    last = name;
    ended = hasEnd && (mark & ENDS) !== 0 && !startedNow;
  }
  if (kept.length === 0 || (hasEnd && !ended)) return undefined;
  if (fromTheRight) {
    const cut = kept.slice(-steps);
    return { firstPosition: steps - cut.length + 1, names: cut, dropsOff: false };
  }
  return { firstPosition: 1, names: kept, dropsOff: !hasEnd && kept.length < steps };
}
