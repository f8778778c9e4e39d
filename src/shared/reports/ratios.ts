import type { RetentionData, TrendData } from './result';

/** The ratios that are shown beside counts: one definition each, whatever shows them. */

/** A part of a whole, 0…1; null when there is no whole. */
export const shareOf = (part: number, whole: number): number | null => (whole > 0 ? part / whole : null);

/** How a figure differs from an earlier one. */
export interface Change {
  readonly direction: 'up' | 'down' | 'same';
  /** now − before. */
  readonly difference: number;
  /** (now − before) / before; null from 0, except to 0, which is no change. */
  readonly relative: number | null;
}

/** Compares a figure with an earlier one; null when either is unknown. */
export function changeSince(
  now: number | null | undefined,
  before: number | null | undefined,
): Change | null {
  if (now == null || before == null) return null;
  const difference = now - before;
  const direction = difference > 0 ? 'up' : difference < 0 ? 'down' : 'same';
  return { direction, difference, relative: before === 0 ? (now === 0 ? 0 : null) : now / before - 1 };
}

/** A retention cell as a share of its cohort; null for an empty cohort. */
export const retainedShare = (
  cohort: RetentionData['cohorts'][number],
  cell: RetentionData['cohorts'][number]['cells'][number],
): number | null => shareOf(cell.users, cohort.size);

/** The largest share after period 0, of complete and incomplete cells alike; 0 when nobody returned. */
export function highestRetention({ cohorts }: RetentionData): number {
  return cohorts.reduce(
    (most, cohort) =>
      cohort.cells.reduce(
        (highest, cell) => (cell.period > 0 ? Math.max(highest, retainedShare(cohort, cell) ?? 0) : highest),
        most,
      ),
    0,
  );
}

/**
 * The share of each series of a trend in all of them, in their order; for measures that add up (events,
 * sums), never for users or sessions. Null when all are empty.
 */
export function seriesShares({ series }: TrendData): (number | null)[] {
  const whole = series.reduce((sum, { total }) => sum + (total ?? 0), 0);
  return series.map(({ total }) => shareOf(total ?? 0, whole));
}
