import { share, shareCodes, type Codes } from './sharedColumns';

const WORD = 2 ** 32;
/** How many whole words an instant, ms since 1970, is made of; its low word is the rest. */
export const wordsOf = (time: number): number => Math.floor(time / WORD);

/** Instants as they are kept: `(words + high) · 2³² + low` ms since 1970. */
export interface TimeWords {
  readonly low: Uint32Array;
  readonly high: Codes;
  readonly words: number;
}

/** Between which instants, ms, those to be kept lie; both included. */
export interface TimeSpan {
  readonly from: number;
  readonly to: number;
}

/** Shared memory for instants: five bytes each where they lie less than 34 years apart, more beyond. */
export function shareTimes(length: number, { from, to }: TimeSpan): TimeWords {
  const words = wordsOf(from);
  const high = shareCodes(length, wordsOf(to) - words);
  return { low: new Uint32Array(share(4 * length)), high, words };
}

/** Instants by row, ms since 1970. */
export class Times implements TimeWords {
  readonly length: number;
  readonly low: Uint32Array;
  readonly high: Codes;
  readonly words: number;

  constructor({ low, high, words }: TimeWords) {
    this.length = low.length;
    this.low = low;
    this.high = high;
    this.words = words;
  }

  /** The instant of a row. */
  of(row: number): number {
    return (this.words + (this.high[row] as number)) * WORD + (this.low[row] as number);
  }

  /** A view of the rows from `from` to before `to`. */
  subarray(from: number, to: number): Times {
    const { low, high, words } = this;
    return new Times({ low: low.subarray(from, to), high: high.subarray(from, to), words });
  }

  /** The instants of some rows. */
  pick(rows: Uint32Array): Times {
    const { low, high, words } = this;
    const picked = { low: new Uint32Array(rows.length), high: high.slice(0, rows.length), words };
    for (let index = 0; index < rows.length; index++) {
      const row = rows[index] as number;
      picked.low[index] = low[row] as number;
      picked.high[index] = high[row] as number;
    }
    return new Times(picked);
  }
}
