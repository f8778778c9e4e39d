import type { Points } from '../scan/points';
import type { RowMask } from '../scan/rowMask';
import type { PartLayout } from '../table/personTable';
import type { Times } from '../table/times';

export interface RetentionScan {
  readonly layout: PartLayout;
  readonly at: Times;
  /** Rows that are the start and the return event, and rows that pass the filters; null: all. */
  readonly starts: RowMask | null;
  readonly returns: RowMask | null;
  readonly passes: RowMask | null;
  /** The plan's bucket of each row; −1 before the range and after the last bucket. */
  readonly buckets: Points;
  readonly isFirstTime: boolean;
  readonly isOrAfter: boolean;
  /** Length of a period from the own start, ms; null: periods are buckets. */
  readonly rollingMs: number | null;
  readonly periods: number;
  readonly cohortCount: number;
  readonly from: number;
  readonly to: number;
  readonly dataThrough: number;
}

export interface RetentionCells {
  /** Users by cohort and period (row-major: cohort · (periods + 1) + period). */
  readonly cells: Float64Array;
  /** People behind the cell asked for. */
  readonly people: readonly number[];
}

/** Counts who came back, person after person. `wanted` asks for the people behind one cell. */
export function countRetention(
  scan: RetentionScan,
  wanted?: { readonly cohort: number; readonly period: number },
): RetentionCells {
  const { layout, at, starts, passes, returns, buckets, isFirstTime, rollingMs } = scan;
  const { periods, isOrAfter, from, to, dataThrough, cohortCount } = scan;
  const cells = new Float64Array(cohortCount * (periods + 1));
  const people: number[] = [];
  // For each cohort of the person at hand: the row of the own start in it, or −1.
  const startRow = new Int32Array(cohortCount).fill(-1);
  const cohorts = new Int32Array(cohortCount);
  for (let person = 0; person < layout.people; person++) {
    const begin = layout.start[person] as number;
    const end = layout.start[person + 1] as number;
    let count = 0;
    let first = begin;
    for (; first < end; first++) {
      const time = at.of(first);
      if (time >= to) break;
      if (starts !== null && starts[first] === 0) continue;
      if (isFirstTime) {
        if (time < from) break;
        // Any start event of that instant may be the one that passes the filters.
        for (let row = first; row < end && at.of(row) === time; row++) {
          const isStart = starts === null || starts[row] === 1;
          if (!isStart || (passes !== null && passes[row] === 0)) continue;
          const cohort = buckets[row] as number;
          startRow[cohort] = row;
          cohorts[count++] = cohort;
          break;
        }
        break;
      }
      if (time < from || (passes !== null && passes[first] === 0)) continue;
      const cohort = buckets[first] as number;
      if (startRow[cohort] !== -1) continue;
      startRow[cohort] = first;
      cohorts[count++] = cohort;
    }
    for (let index = 0; index < count; index++) {
      const cohort = cohorts[index] as number;
      const own = startRow[cohort] as number;
      startRow[cohort] = -1;
      const offset = cohort * (periods + 1);
      cells[offset] = (cells[offset] as number) + 1;
      const isWanted = wanted?.cohort === cohort;
      if (isWanted && wanted.period === 0) people.push(person);
      let last = 0;
      for (let row = own + 1; row < end; row++) {
        const bucket = buckets[row] as number;
        // Rows after a start have no bucket only where they come after the last one.
        const period =
          rollingMs === null
            ? bucket < 0
              ? periods + 1
              : bucket - cohort
            : Math.floor((at.of(row) - at.of(own)) / rollingMs);
        if (period <= last) continue;
        if (last >= periods) break;
        if ((returns !== null && returns[row] === 0) || (passes !== null && passes[row] === 0)) continue;
        if (at.of(row) > dataThrough) break;
        const from = isOrAfter ? last + 1 : period;
        last = period;
        if (!isOrAfter && period > periods) break;
        for (let reached = from; reached <= period && reached <= periods; reached++) {
          cells[offset + reached] = (cells[offset + reached] as number) + 1;
          if (isWanted && wanted.period === reached) people.push(person);
        }
      }
    }
  }
  return { cells, people };
}
