const FILTER_BITS = 28;
const FILTER_PROBES = 4;
const SKETCH_BITS = 20;

/**
 * Numbers the occurrences of equal lines of one file in fixed memory (48 MB), for files of any length.
 *
 * A Bloom filter tells a line that has certainly not come before: it gets 0. Any other goes through a
 * count-min sketch with conservative update, whose estimate for a line grows with each of its occurrences.
 * So equal lines always get different, growing numbers, and the same file read from its start always gives
 * the same ones. Only the filter's false positives (1 in 20 million lines at 1 million lines, 1 in 3,000 at
 * 10 million) get a number above 0 at their first occurrence; they stay unique all the same.
 */
export class OccurrenceNumbers {
  private readonly filter = new Uint32Array(1 << (FILTER_BITS - 5));
  private readonly rows = Array.from({ length: 4 }, () => new Uint32Array(1 << SKETCH_BITS));

  /** The number of this occurrence. @param digest at least 32 well mixed bytes */
  next(digest: Buffer): number {
    let isNew = false;
    for (let probe = 0; probe < FILTER_PROBES; probe += 1) {
      const bit = digest.readUInt32LE(probe * 4) >>> (32 - FILTER_BITS);
      const word = bit >>> 5;
      const mask = 1 << (bit & 31);
      const held = this.filter[word] ?? 0;
      if ((held & mask) === 0) {
        isNew = true;
        this.filter[word] = held | mask;
      }
    }
    if (isNew) return 0;
    const places = this.rows.map((_, row) => digest.readUInt32LE(16 + row * 4) >>> (32 - SKETCH_BITS));
    const estimate = Math.min(...this.rows.map((row, index) => row[places[index] ?? 0] ?? 0));
    this.rows.forEach((row, index) => {
      const place = places[index] ?? 0;
      row[place] = Math.max(row[place] ?? 0, estimate + 1);
    });
    return estimate + 1;
  }
}
