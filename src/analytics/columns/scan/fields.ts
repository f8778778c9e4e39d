import { isTextField } from '../format/block';
import type { NumberVector, PersonTable } from '../table/personTable';
import { fromThousandths } from '../table/thousandths';
import { NotAColumn } from './notAColumn';
import type { UserVectors } from './userVectors';

/** Types of declared properties. */
export type DeclaredType = 'number' | 'text' | 'boolean' | 'date';

/** What holds for all events, beside the events. */
export interface DataFacts {
  readonly pageViews: readonly string[];
  readonly purchases: readonly string[];
  /** Columns that could not hold every value, with the reason. */
  readonly inexact: Readonly<Record<string, string>>;
  /** Types of the declared properties by name. */
  readonly declared: ReadonlyMap<string, DeclaredType>;
  /** Ids by ordinal; only there when the report asks for conditions on them. */
  readonly userIds: readonly (string | null)[] | null;
  readonly sessionIds: readonly (string | null)[] | null;
}

/** What the scan of a part reads: its events, and what the report asks of their users. */
export interface ColumnData {
  readonly table: PersonTable;
  readonly facts: DataFacts;
  readonly users: UserVectors;
  /** Persons of the table that another one stands for; none of their rows counts. Null: nobody. */
  readonly superseded: Uint32Array | null;
}

/** A field of every row: as codes into distinct values, as numbers, or as instants (NaN: missing). */
export type FieldVector =
  | { readonly kind: 'codes'; readonly codes: ArrayLike<number>; readonly values: readonly unknown[] }
  | NumberVector
  | { readonly kind: 'dates'; readonly values: Float64Array };

/** Finds the column of an event field. @throws NotAColumn */
export function fieldVector({ table, facts }: ColumnData, field: string): FieldVector {
  const inexact = facts.inexact[field];
  if (inexact !== undefined) throw new NotAColumn(field, inexact);
  if (isTextField(field)) {
    const { codes, values } = table.text(field);
    return { kind: 'codes', codes, values: [null, ...values.slice(1)] };
  }
  if (field === 'userId') return { kind: 'codes', codes: table.rawUser, values: facts.userIds ?? [] };
  if (field === 'sessionId') {
    return { kind: 'codes', codes: table.sent, values: [null, ...(facts.sessionIds ?? [])] };
  }
  if (field === 'durationSec') return table.durationSec;
  if (!field.startsWith('properties.')) throw new NotAColumn(field);
  const name = field.slice('properties.'.length);
  const type = facts.declared.get(name);
  const vector = type === undefined ? null : table.property(name);
  if (!vector || !type) throw new NotAColumn(field);
  if (vector.type === 'number') {
    return type === 'date' ? { kind: 'dates', values: plainNumbers(vector.numbers) } : vector.numbers;
  }
  const { codes, values } = vector.column;
  const typed = values.map((value, code) =>
    code === 0 ? null : type === 'boolean' ? value === 'true' : value,
  );
  return { kind: 'codes', codes, values: typed };
}

/** Each row's number itself; NaN is missing. */
export function plainNumbers({ kind, values }: NumberVector): Float64Array {
  return kind === 'numbers' ? values : Float64Array.from(values, fromThousandths);
}

/** The value of a row as conditions and breakdowns take it. */
export function valueOf(kind: 'numbers' | 'dates', value: number): unknown {
  if (Number.isNaN(value)) return null;
  return kind === 'dates' ? new Date(value) : value;
}
