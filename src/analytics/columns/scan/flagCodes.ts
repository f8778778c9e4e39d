/** 1 for the codes whose text is one of those given. */
export function flagCodes(values: readonly string[], wanted: readonly string[]): Uint8Array {
  return Uint8Array.from(values, (value, code) => (code > 0 && wanted.includes(value) ? 1 : 0));
}
