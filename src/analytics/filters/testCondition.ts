import type { Condition, Scalar } from '../../shared/reports/filters';
import { readComparable } from './comparable';

/** Whether a stored value is what a filter's value means: itself, or its text. */
function equalsValue(stored: unknown, wanted: Scalar): boolean {
  if (stored === wanted) return true;
  if (stored instanceof Date) return !Number.isNaN(stored.getTime()) && stored.toISOString() === wanted;
  if (typeof stored === 'string') return typeof wanted !== 'string' && String(wanted) === stored;
  if (typeof stored === 'number' || typeof stored === 'boolean')
    return typeof wanted === 'string' && String(stored) === wanted;
  return false;
}

function compares(stored: unknown, wanted: Scalar, holds: (a: number, b: number) => boolean): boolean {
  const right = readComparable(wanted);
  const left =
    stored instanceof Date
      ? stored
      : typeof stored === 'number' || typeof stored === 'string'
        ? readComparable(stored)
        : null;
  if (left === null || right === null || left instanceof Date !== right instanceof Date) return false;
  return holds(Number(left), Number(right));
}

/** Ignores case by simple folding, as the server's regular expressions do. */
function textPattern(value: string, atStart: boolean): RegExp {
  const escaped = value.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  return new RegExp((atStart ? '^' : '') + escaped, 'iu');
}

function testElement(stored: unknown, condition: Condition): boolean {
  switch (condition.op) {
    case 'eq':
    case 'ne':
      return equalsValue(stored, condition.value);
    case 'in':
    case 'nin':
      return condition.values.some((value) => equalsValue(stored, value));
    case 'lt':
      return compares(stored, condition.value, (a, b) => a < b);
    case 'lte':
      return compares(stored, condition.value, (a, b) => a <= b);
    case 'gt':
      return compares(stored, condition.value, (a, b) => a > b);
    case 'gte':
      return compares(stored, condition.value, (a, b) => a >= b);
    case 'exists':
      return stored !== null && stored !== undefined;
    case 'contains':
      return typeof stored === 'string' && textPattern(condition.value, false).test(stored);
    case 'startsWith':
      return typeof stored === 'string' && textPattern(condition.value, true).test(stored);
  }
}

/** Whether a condition holds for a value that is already here: the same meaning as the server's forms. */
export function testCondition(stored: unknown, condition: Condition): boolean {
  const some = Array.isArray(stored)
    ? stored.some((element) => testElement(element, condition))
    : testElement(stored, condition);
  const isNegative =
    condition.op === 'ne' || condition.op === 'nin' || (condition.op === 'exists' && !condition.value);
  return some !== isNegative;
}
