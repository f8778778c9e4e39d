/** Missing among thousandths. */
export const MISSING = 0xffff_ffff;
export const SCALE = 1000;

/** A number in whole thousandths, when `thousandths / SCALE` is that very number and there is room for it; else −1. */
export function thousandthsOf(number: number): number {
  // Adding 0 turns −0 into 0, which is not the number −0 then.
  const thousandths = Math.round(number * SCALE) + 0;
  return thousandths >= 0 && thousandths < MISSING && Object.is(thousandths / SCALE, number)
    ? thousandths
    : -1;
}

/** Numbers (NaN: missing) in whole thousandths, half as large; null unless each of them is exact. */
export function toThousandths(numbers: Float64Array): Uint32Array | null {
  const all = new Uint32Array(numbers.length);
  for (let row = 0; row < numbers.length; row++) {
    const number = numbers[row] as number;
    const thousandths = number !== number ? MISSING : thousandthsOf(number);
    if (thousandths < 0) return null;
    all[row] = thousandths;
  }
  return all;
}

/** The number of so many thousandths; NaN is missing. */
export function fromThousandths(thousandths: number): number {
  return thousandths === MISSING ? NaN : thousandths / SCALE;
}
