/** Share of a part; null when there is nothing to share. */
export function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

/** The ceil(p·n)-th smallest value; null without values. */
export function nearestRank(values: readonly number[], p: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(p * sorted.length) - 1] ?? null;
}

const SCALE = 1_074n;

/** A double as an integer number of 2^-1074 (every finite double is one). */
function exact(value: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const exponent = (bits >> 52n) & 0x7ffn;
  const fraction = bits & 0xfffffffffffffn;
  const size = exponent === 0n ? fraction : (fraction | (1n << 52n)) << (exponent - 1n);
  return bits >> 63n === 0n ? size : -size;
}

/** The exact sum of doubles, rounded once. */
export function exactSum(values: readonly number[]): number {
  const total = values.reduce((sum, value) => sum + exact(value), 0n);
  const negative = total < 0n;
  const size = negative ? -total : total;
  const length = BigInt(size.toString(2).length);
  const dropped = length > 64n ? length - 64n : 0n;
  const rounded = Number(size >> dropped) * 2 ** Number(dropped - SCALE / 2n) * 2 ** Number(-SCALE / 2n);
  return negative ? -rounded : rounded;
}

/** A sum as reported: 12 significant digits. */
export function reported(value: number): number {
  return Number(value.toPrecision(12));
}

/** How many different things there are. */
export function countDistinct(items: readonly string[]): number {
  return new Set(items).size;
}
