/** How far two figures may lie apart, relatively: the two ways of working one out round differently. */
const TOLERANCE = 1e-11;

function isPlain(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value) && !(value instanceof Date);
}

/** Answers of paths name nodes and links in no particular order. */
function inFixedOrder(path: string, list: readonly unknown[]): readonly unknown[] {
  if (!/^data\.(nodes|links)$/.test(path)) return list;
  return [...list].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

/**
 * Where two answers differ: the path of the first difference and both values, or undefined when they agree.
 * A key that is missing equals one that is undefined.
 */
export function firstDifference(
  expected: unknown,
  actual: unknown,
  path = '',
): { path: string; expected: unknown; actual: unknown } | undefined {
  if (typeof expected === 'number' && typeof actual === 'number') {
    const close = Math.abs(expected - actual) <= TOLERANCE * Math.max(Math.abs(expected), Math.abs(actual));
    return close ? undefined : { path, expected, actual };
  }
  if (expected instanceof Date && actual instanceof Date) {
    return expected.getTime() === actual.getTime() ? undefined : { path, expected, actual };
  }
  if (Array.isArray(expected) && Array.isArray(actual)) {
    const [left, right] = [inFixedOrder(path, expected), inFixedOrder(path, actual)];
    for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
      const difference = firstDifference(left[index], right[index], `${path}[${index}]`);
      if (difference) return difference;
    }
    return undefined;
  }
  if (isPlain(expected) && isPlain(actual)) {
    for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
      const difference = firstDifference(expected[key], actual[key], path === '' ? key : `${path}.${key}`);
      if (difference) return difference;
    }
    return undefined;
  }
  return Object.is(expected, actual) ? undefined : { path, expected, actual };
}
