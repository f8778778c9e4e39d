import type { AnyRunContext } from './context';

/** A stretch of time, ms; `to` exclusive. */
export interface Slice {
  readonly from: number;
  readonly to: number;
}

/** Below so many documents one pipeline is quicker than two. */
const WORTH_SLICING = 150_000;
const SLICES = 2;

/**
 * Cuts a period into stretches that the server may work on at the same time; rows of several slices are
 * added up by whoever reads them.
 */
export function sliceRange(context: AnyRunContext, range: Slice): Slice[] {
  const { estimate } = context;
  const newest = context.dataThrough === null ? range.to : Math.min(range.to, context.dataThrough + 1);
  if (!estimate || estimate.documents < WORTH_SLICING || newest <= range.from) return [range];
  const cut = range.from + Math.floor((newest - range.from) / SLICES);
  if (cut <= range.from || cut >= range.to) return [range];
  return [
    { from: range.from, to: cut },
    { from: cut, to: range.to },
  ];
}
