/**
 * Repeatable randomness: the same numbers in, the same stream out, on every runtime. Quality suffices for
 * a simulation; it is not for secrets.
 */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Whether something of this probability happens. */
  chance(probability: number): boolean;
  /** Integer in [low, high], both included. */
  integer(low: number, high: number): number;
  /** One of the items. */
  pick<T>(items: readonly [T, ...T[]]): T;
  /** One of the items, by weight. */
  weighted<T>(items: Weighted<T>): T;
  /** Log-normal with the given median: many short, few long. */
  skewed(median: number, spread: number): number;
}

/** Items with weights that need not add up to 1. */
export type Weighted<T> = readonly [readonly [T, number], ...(readonly [T, number])[]];

const LARGE = 4_294_967_296;

/** Spreads the bits of an unsigned 32-bit number (the finaliser of MurmurHash3). */
function mix(value: number): number {
  let bits = value | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/** One unsigned 32-bit number from several integers below 2^53; order matters. */
export function hashOf(...parts: readonly number[]): number {
  let state = 0x9e3779b9;
  for (const part of parts) {
    state = mix(state ^ part);
    state = mix(Math.imul(state, 5) + Math.floor(part / LARGE) + 0xe6546b64);
  }
  return state;
}

/** A repeatable number in [0, 1) from several integers. */
export function fractionOf(...parts: readonly number[]): number {
  return hashOf(...parts) / LARGE;
}

/** A stream of numbers that depends on the given integers alone (generator: mulberry32). */
export function createRandom(...parts: readonly number[]): Random {
  let state = hashOf(...parts) | 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / LARGE;
  };
  return {
    next,
    chance: (probability) => next() < probability,
    integer: (low, high) => low + Math.floor(next() * (high - low + 1)),
    pick: (items) => items[Math.floor(next() * items.length)] ?? items[0],
    weighted: (items) => {
      let left = next() * items.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [item, weight] of items) {
        left -= weight;
        if (left < 0) return item;
      }
      return items[0][0];
    },
    skewed: (median, spread) => {
      const normal = Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
      return median * Math.exp(spread * normal);
    },
  };
}
