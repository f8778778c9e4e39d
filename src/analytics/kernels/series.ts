import { compareRanked } from './numbers';

/** The key of a missing value, and of everything beyond the limit. */
export const NONE = '(none)';
export const OTHER = '(other)';

/** The series a breakdown shows: the values that rank highest, then "(other)" when there are more. */
export interface SeriesChoice {
  readonly keys: readonly string[];
  readonly hasOther: boolean;
}

/** Ranks values by total over the range, ties by code point, and keeps `limit` of them. */
export function chooseSeries(
  names: readonly string[],
  totals: readonly (number | null)[],
  limit: number,
): SeriesChoice {
  const ranked = names.map((key, index) => ({ key, total: totals[index] ?? null })).sort(compareRanked);
  const kept = ranked.slice(0, limit).map(({ key }) => key);
  const hasOther = ranked.length > limit;
  return { keys: hasOther ? [...kept, OTHER] : kept, hasOther };
}

/** For each value, the index of the series it belongs to; −1 for none. */
export function assignSeries(names: readonly string[], choice: SeriesChoice): Int32Array {
  const shown = choice.hasOther ? choice.keys.slice(0, -1) : choice.keys;
  const indices = new Map(shown.map((key, index) => [key, index]));
  const rest = choice.hasOther ? choice.keys.length - 1 : -1;
  return Int32Array.from(names, (name) => indices.get(name) ?? rest);
}
