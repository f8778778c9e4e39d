import { NONE } from '../../kernels/series';
import { isTextField } from '../format/block';
import { scalarText } from '../../mapping/scalarText';
import { fieldVector, plainNumbers, valueOf, type ColumnData } from './fields';

/** The breakdown value of every row, as an index into names. */
export interface RowValues {
  readonly names: readonly string[];
  readonly ofRow: ArrayLike<number>;
  /** That of all rows of each person; −1 where they differ. Null where that is not known. */
  readonly ofPeople: () => Int32Array | null;
}

const notKnown = (): null => null;

class Names {
  readonly names: string[] = [];
  readonly #indexes = new Map<string, number>();

  indexOf(value: unknown): number {
    const name = scalarText(value) ?? NONE;
    const known = this.#indexes.get(name);
    if (known !== undefined) return known;
    this.#indexes.set(name, this.names.length);
    return this.names.push(name) - 1;
  }
}

/** The value of a field, or of its user's field, in each row. @throws NotAColumn */
export function rowValues(data: ColumnData, field: string): RowValues {
  const { layout } = data.table;
  if (field.startsWith('user.')) {
    const ofRow = new Int32Array(layout.rows);
    const values = data.users.values.get(field);
    if (!values) throw new Error(`The values of ${field} were not worked out.`);
    for (let person = 0; person < layout.people; person++) {
      ofRow.fill(values.ofPerson[person] as number, layout.start[person], layout.start[person + 1]);
    }
    return { names: values.names, ofRow, ofPeople: () => values.ofPerson };
  }
  const vector = fieldVector(data, field);
  const names = new Names();
  if (vector.kind !== 'codes') {
    const kind = vector.kind === 'dates' ? 'dates' : 'numbers';
    const values = vector.kind === 'dates' ? vector.values : plainNumbers(vector);
    const ofRow = new Int32Array(layout.rows);
    for (let row = 0; row < layout.rows; row++) {
      ofRow[row] = names.indexOf(valueOf(kind, values[row] as number));
    }
    return { names: names.names, ofRow, ofPeople: notKnown };
  }
  // Codes are indexes of names as they stand, unless two of them have one name.
  const own = vector.values.map((value) => scalarText(value) ?? NONE);
  if (new Set(own).size === own.length) {
    const ofPeople = isTextField(field) ? () => data.table.codesOfPeople(field) : notKnown;
    return { names: own, ofRow: vector.codes, ofPeople };
  }
  const ofRow = new Int32Array(layout.rows);
  const indexes = Int32Array.from(vector.values, (value) => names.indexOf(value));
  for (let row = 0; row < layout.rows; row++) ofRow[row] = indexes[vector.codes[row] as number] as number;
  return { names: names.names, ofRow, ofPeople: notKnown };
}
