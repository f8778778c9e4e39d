/** Times in order as what lies between each and the one before it, which compresses to about half. */
export function gapsOf(offsets: Uint32Array): Uint32Array {
  const gaps = new Uint32Array(offsets.length);
  let last = 0;
  for (let row = 0; row < offsets.length; row++) {
    const offset = offsets[row] as number;
    gaps[row] = offset - last;
    last = offset;
  }
  return gaps;
}

/** The times that `gapsOf` was given. */
export function offsetsOf(gaps: Uint32Array): Uint32Array {
  const offsets = new Uint32Array(gaps.length);
  let offset = 0;
  for (let row = 0; row < gaps.length; row++) {
    offset += gaps[row] as number;
    offsets[row] = offset;
  }
  return offsets;
}
