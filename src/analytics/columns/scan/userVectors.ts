import type { Condition } from '../../../shared/reports/filters';

/** A text of every person, as an index into names. */
export interface PersonValues {
  readonly names: readonly string[];
  readonly ofPerson: Int32Array;
}

/**
 * What a report asks of users, worked out for every person of a table before the scan: conditions on `user.*`,
 * values of breakdowns, numbers of aggregates; and the ranges that `did` and `didNot` name, as instants.
 */
export interface UserVectors {
  /** 1 where a condition holds, by `keyOf`. */
  readonly conditions: ReadonlyMap<string, Uint8Array>;
  /** By field, `user.` included. */
  readonly values: ReadonlyMap<string, PersonValues>;
  /** By field; NaN for none. */
  readonly numbers: ReadonlyMap<string, Float64Array>;
  /** By `keyOf` the range. */
  readonly ranges: ReadonlyMap<string, { readonly from: number; readonly to: number }>;
}

export const NO_USER_VECTORS: UserVectors = {
  conditions: new Map(),
  values: new Map(),
  numbers: new Map(),
  ranges: new Map(),
};

/** A condition or range under which its vector is found. */
export function keyOf(asked: Condition | object): string {
  return JSON.stringify(asked);
}

/** The vectors of a stretch of people. */
export function vectorsOfPart(all: UserVectors, firstPerson: number, people: number): UserVectors {
  const end = firstPerson + people;
  return {
    conditions: new Map([...all.conditions].map(([key, flags]) => [key, flags.subarray(firstPerson, end)])),
    values: new Map(
      [...all.values].map(([field, { names, ofPerson }]) => [
        field,
        { names, ofPerson: ofPerson.subarray(firstPerson, end) },
      ]),
    ),
    numbers: new Map([...all.numbers].map(([field, values]) => [field, values.subarray(firstPerson, end)])),
    ranges: all.ranges,
  };
}
