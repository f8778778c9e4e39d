import type { Palette } from './palette';

export const OTHER = '(other)';
export const NONE = '(none)';

const assigned = new Map<string, Map<string, number>>();

/**
 * Gives each value of a field its own colour for as long as the window lives, in the order in which values
 * first appear: filters and ranges never change it.
 */
export function seriesIndex(field: string, value: string): number {
  let values = assigned.get(field);
  if (!values) assigned.set(field, (values = new Map()));
  let index = values.get(value);
  if (index === undefined) values.set(value, (index = values.size));
  return index;
}

/** The colour of a value of a field: "(other)" and "(none)" have their own. */
export function seriesColour(palette: Palette, field: string, value: string): string {
  if (value === OTHER || value === NONE) return palette.other;
  return palette.series[seriesIndex(field, value) % palette.series.length] ?? palette.accent;
}
