import { NONE } from '../../kernels/series';
import { scalarText } from '../../mapping/scalarText';
import { fieldVector, valueOf, type ColumnData } from './fields';

/** The breakdown value of every row, as an index into names. */
export interface RowValues {
  readonly names: readonly string[];
  readonly ofRow: ArrayLike<number>;
}

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
  const names = new Names();
  const ofRow = new Int32Array(layout.rows);
  if (field.startsWith('user.')) {
    const values = data.users.values.get(field);
    if (!values) throw new Error(`The values of ${field} were not worked out.`);
    for (let person = 0; person < layout.people; person++) {
      ofRow.fill(values.ofPerson[person] as number, layout.start[person], layout.start[person + 1]);
    }
    return { names: values.names, ofRow };
  }
  const vector = fieldVector(data, field);
  if (vector.kind !== 'codes') {
    const { kind, values } = vector;
    values.forEach((value, row) => (ofRow[row] = names.indexOf(valueOf(kind, value))));
    return { names: names.names, ofRow };
  }
  // Values are named when a row has them, so that names without rows never stand in a breakdown.
  const indexes = new Int32Array(vector.values.length).fill(-1);
  for (let row = 0; row < layout.rows; row++) {
    const code = vector.codes[row] as number;
    if (indexes[code] === -1) indexes[code] = names.indexOf(vector.values[code]);
    ofRow[row] = indexes[code] as number;
  }
  return { names: names.names, ofRow };
}
