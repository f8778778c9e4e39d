import type { TextColumn } from '../format/block';
import type { PartLayout } from './personTable';

/** Which codes the rows of each person have: bit `code & 31`. */
export function bitsOfPeople({ start, people }: PartLayout, codes: TextColumn['codes']): Uint32Array {
  const bitsOf = new Uint32Array(people);
  for (let person = 0; person < people; person++) {
    const end = start[person + 1] as number;
    let bits = 0;
    for (let row = start[person] as number; row < end; row++) bits |= 1 << (codes[row] as number);
    bitsOf[person] = bits;
  }
  return bitsOf;
}

/** The code that all rows of a person have; −1 where they have several. */
export function codesOfPeople({ start, people }: PartLayout, codes: TextColumn['codes']): Int32Array {
  const codeOf = new Int32Array(people);
  for (let person = 0; person < people; person++) {
    const begin = start[person] as number;
    const end = start[person + 1] as number;
    const code = codes[begin] as number;
    let row = begin + 1;
    while (row < end && codes[row] === code) row++;
    codeOf[person] = row >= end ? code : -1;
  }
  return codeOf;
}
