import type { FunnelData } from '../../../shared/reports/result';
import type { NumberChunks } from '../rankSelect';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MAX_BINS = 24;

/** Bin widths up to ten days, in seconds; 20, 50, 100, 200 … days follow. */
const WIDTHS = [
  ...[1, 2, 5, 10, 15, 30],
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR),
  ...[1, 2, 5, 10].map((days) => days * DAY),
];

/** The smallest width (seconds) that puts a duration into one of the first 24 bins. */
function widthFor(longestMs: number): number {
  const fits = (width: number): boolean => Math.floor(longestMs / 1000 / width) < MAX_BINS;
  const fixed = WIDTHS.find(fits);
  if (fixed !== undefined) return fixed;
  for (let decade = 10; ; decade *= 10) {
    const width = [2, 5, 10].map((factor) => factor * decade * DAY).find(fits);
    if (width !== undefined) return width;
  }
}

/**
 * The histogram of times to convert: bins of one width from 0 to the bin of the longest time, lower edge
 * inclusive, upper exclusive, empty bins included.
 * @param durations whole ms
 */
export function histogramOf(durations: NumberChunks): FunnelData['timeToConvert'] {
  let longest = -1;
  for (const values of durations) {
    for (let index = 0; index < values.length; index += 1) {
      const duration = values[index] as number;
      if (duration > longest) longest = duration;
    }
  }
  if (longest < 0) return [];
  const width = widthFor(longest);
  const counts = new Uint32Array(Math.floor(longest / 1000 / width) + 1);
  for (const values of durations) {
    for (let index = 0; index < values.length; index += 1) {
      const bin = Math.floor((values[index] as number) / 1000 / width);
      counts[bin] = (counts[bin] as number) + 1;
    }
  }
  return Array.from(counts, (users, bin) => ({
    fromSeconds: bin * width,
    toSeconds: (bin + 1) * width,
    users,
  }));
}
