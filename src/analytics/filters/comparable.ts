import type { Scalar } from '../../shared/reports/filters';

/** Text that counts as a number in a comparison. */
export const NUMBER_TEXT = /^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$/;
/** Text that counts as a date in a comparison; a date alone is midnight UTC. */
export const DATE_TEXT =
  /^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,3})?)?(Z|[+-][0-9]{2}:[0-9]{2}))?$/;

/** What a filter's value is compared as: a number, a date, or null when it is neither. */
export function readComparable(value: Scalar): number | Date | null {
  if (typeof value === 'number') return Number.isNaN(value) ? null : value;
  if (typeof value === 'boolean') return null;
  if (NUMBER_TEXT.test(value)) return Number(value);
  if (!DATE_TEXT.test(value)) return null;
  const date = new Date(value);
  const day = new Date(`${value.slice(0, 10)}T00:00:00Z`);
  const isReal = !Number.isNaN(day.getTime()) && day.toISOString().startsWith(value.slice(0, 10));
  return isReal && !Number.isNaN(date.getTime()) ? date : null;
}
