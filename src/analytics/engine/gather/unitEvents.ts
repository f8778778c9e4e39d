import type { GatheredRow } from '../../pipeline/unitRows';

/**
 * The gathered events of one unit (a canonical user, or one stored session of theirs), by time, and by
 * event id within an instant where the gathering asks for it. The arrays are reused for the next unit.
 */
export interface UnitEvents {
  readonly userId: string;
  /** Text of the stored session id; null for events without one, undefined when units are users. */
  readonly sessionId: string | null | undefined;
  readonly length: number;
  /** Instants, ms. */
  readonly times: Float64Array;
  readonly classes: Float64Array;
  /** Value of each event as stored; null when the gathering has none. */
  readonly values: readonly unknown[] | null;
}

/** Events of one row, decoded but not yet merged with other rows. */
interface DecodedRow {
  readonly times: Float64Array;
  readonly classes: Float64Array;
  readonly values: readonly unknown[] | null;
}

export interface CodeForm {
  /** ms that times in codes count from. */
  readonly origin: number;
  /** Number of classes beside the time in a code; 0 when classes come apart. */
  readonly packedClasses: number;
  /** Whether the order of events within an instant matters even when their values are equal. */
  readonly isIdOrdered: boolean;
  /** Whether events carry values. */
  readonly hasValues: boolean;
}

/** Turns rows into units, growing its arrays as needed. */
export class UnitDecoder {
  #times = new Float64Array(1024);
  #classes = new Float64Array(1024);
  #codes = new Float64Array(1024);

  constructor(private readonly form: CodeForm) {}

  /**
   * Decodes the row of a unit that has no other. Valid until the next call.
   * @param isOrdered whether the row comes in order of time and event id
   * @returns undefined when it does not, and the order of different events of one instant matters
   */
  decodeOne(
    userId: string,
    sessionId: string | null | undefined,
    row: GatheredRow,
    isOrdered: boolean,
  ): UnitEvents | undefined {
    const codes = row.e ?? [];
    const { length } = codes;
    this.#grow(length);
    const { isIdOrdered, hasValues } = this.form;
    const times = this.#times;
    const classes = this.#classes;
    const stored = row.v ?? null;
    if (isOrdered || (!row.k && !isIdOrdered && !hasValues)) {
      if (row.k) this.#decodeApart(codes, row.k, undefined);
      else this.#decodePacked(codes, !isOrdered);
      return { userId, sessionId, length, times, classes, values: stored };
    }
    const order = orderOf(codes);
    const inOrder = <T>(list: readonly T[]): readonly T[] =>
      order ? Array.from(order, (index) => list[index] as T) : list;
    if (row.k) this.#decodeApart(codes, row.k, order);
    else this.#decodePacked(inOrder(codes), false);
    const values = stored === null ? null : inOrder(stored);
    for (let i = 1; i < length; i += 1) {
      if (times[i] !== times[i - 1]) continue;
      if (isIdOrdered && classes[i] !== classes[i - 1]) return undefined;
      if (values !== null && values[i] !== values[i - 1]) return undefined;
    }
    return { userId, sessionId, length, times, classes, values };
  }

  /**
   * Decodes the rows of a unit that lie under several ids.
   * @returns undefined when the order of events of one instant matters, so that it can't be told without
   * their ids
   */
  decodeMerged(
    userId: string,
    sessionId: string | null | undefined,
    rows: readonly GatheredRow[],
  ): UnitEvents | undefined {
    const parts: DecodedRow[] = [];
    for (const row of rows) {
      const unit = this.decodeOne(userId, sessionId, row, false);
      if (!unit) return undefined;
      const { length, times, classes, values } = unit;
      parts.push({ times: times.slice(0, length), classes: classes.slice(0, length), values });
    }
    const merged = mergeRows(parts, this.form.isIdOrdered || this.form.hasValues);
    return merged && { userId, sessionId, length: merged.times.length, ...merged };
  }

  #decodePacked(codes: readonly number[], mayNeedSorting: boolean): void {
    const { origin, packedClasses: count } = this.form;
    const { length } = codes;
    const sorted = this.#codes;
    let ascending = true;
    let previous = -Infinity;
    for (let i = 0; i < length; i += 1) {
      const code = codes[i] as number;
      if (code < previous) ascending = false;
      previous = code;
      sorted[i] = code;
    }
    if (!ascending && mayNeedSorting) sorted.subarray(0, length).sort();
    for (let i = 0; i < length; i += 1) {
      const code = sorted[i] as number;
      let elapsed = Math.floor(code / count);
      let eventClass = code - elapsed * count;
      // The division may round across an integer; the product and the difference are exact.
      if (eventClass < 0) {
        elapsed -= 1;
        eventClass += count;
      } else if (eventClass >= count) {
        elapsed += 1;
        eventClass -= count;
      }
      this.#times[i] = origin + elapsed;
      this.#classes[i] = eventClass;
    }
  }

  #decodeApart(
    codes: readonly number[],
    eventClasses: readonly number[],
    order: Uint32Array | undefined,
  ): void {
    const { origin } = this.form;
    for (let i = 0; i < codes.length; i += 1) {
      const index = order ? (order[i] as number) : i;
      this.#times[i] = origin + (codes[index] as number);
      this.#classes[i] = eventClasses[index] as number;
    }
  }

  #grow(length: number): void {
    if (this.#times.length >= length) return;
    const size = Math.max(length, 2 * this.#times.length);
    this.#times = new Float64Array(size);
    this.#classes = new Float64Array(size);
    this.#codes = new Float64Array(size);
  }
}

/** Positions of codes in ascending order; undefined when they stand so. */
function orderOf(codes: readonly number[]): Uint32Array | undefined {
  let isAscending = true;
  for (let i = 1; i < codes.length && isAscending; i += 1) {
    isAscending = (codes[i - 1] as number) <= (codes[i] as number);
  }
  if (isAscending) return undefined;
  const order = Uint32Array.from(codes, (_, index) => index);
  return order.sort((a, b) => (codes[a] as number) - (codes[b] as number));
}

/** Merges sorted rows into one; undefined when an instant that two rows share has to be ordered by event id. */
function mergeRows(parts: readonly DecodedRow[], isIdOrdered: boolean): DecodedRow | undefined {
  const heads = parts.map(() => 0);
  const total = parts.reduce((sum, part) => sum + part.times.length, 0);
  const times = new Float64Array(total);
  const classes = new Float64Array(total);
  const values: unknown[] | null = parts.every((part) => part.values === null) ? null : [];
  let lastPart = -1;
  for (let i = 0; i < total; i += 1) {
    let best = -1;
    let bestTime = Infinity;
    parts.forEach((part, index) => {
      const time = part.times[heads[index] as number];
      if (time !== undefined && time < bestTime) {
        best = index;
        bestTime = time;
      }
    });
    const part = parts[best] as DecodedRow;
    const at = heads[best] as number;
    if (isIdOrdered && i > 0 && times[i - 1] === bestTime && lastPart !== best) return undefined;
    times[i] = bestTime;
    classes[i] = part.classes[at] as number;
    values?.push(part.values?.[at] ?? null);
    heads[best] = at + 1;
    lastPart = best;
  }
  return { times, classes, values };
}
