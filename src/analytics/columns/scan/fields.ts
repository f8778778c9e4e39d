import type { Document } from 'mongodb';
import type { Mapping } from '../../../shared/model/mapping';
import { isTextField } from '../format/block';
import type { EventTable } from '../table/eventTable';
import { NotAColumn } from './notAColumn';
import { userField } from './userField';

/** What a scan reads: the events, and what is known of their users. */
export interface ColumnData {
  readonly table: EventTable;
  readonly mapping: Mapping;
  /** User documents by canonical id. */
  readonly profiles: ReadonlyMap<string, Document>;
  /** Columns that could not hold every value, with the reason. */
  readonly inexact: Readonly<Record<string, string>>;
  /** Types of the declared properties by name. */
  readonly declared: ReadonlyMap<string, 'number' | 'text' | 'boolean'>;
}

/** A field of every row: as codes into distinct values, or as numbers (NaN: missing). */
export type FieldVector =
  | { readonly kind: 'codes'; readonly codes: ArrayLike<number>; readonly values: readonly unknown[] }
  | { readonly kind: 'numbers'; readonly values: Float64Array };

/** Finds the column of an event field. @throws NotAColumn */
export function fieldVector(data: ColumnData, field: string): FieldVector {
  const { table } = data;
  const inexact = data.inexact[field];
  if (inexact !== undefined) throw new NotAColumn(field, inexact);
  if (isTextField(field)) {
    const { codes, values } = table.text(field);
    return { kind: 'codes', codes, values: [null, ...values.slice(1)] };
  }
  if (field === 'userId') return { kind: 'codes', codes: table.rawUser, values: table.rawUserIds };
  if (field === 'sessionId') return { kind: 'codes', codes: table.sent, values: [null, ...table.sessionIds] };
  if (field === 'durationSec') return { kind: 'numbers', values: table.durationSec };
  if (!field.startsWith('properties.')) throw new NotAColumn(field);
  const name = field.slice('properties.'.length);
  const vector = table.property(name);
  const type = data.declared.get(name);
  if (!vector || !type) throw new NotAColumn(field);
  if (vector.type === 'number') return { kind: 'numbers', values: vector.values };
  const { codes, values } = vector.column;
  const typed = values.map((value, code) =>
    code === 0 ? null : type === 'boolean' ? value === 'true' : value,
  );
  return { kind: 'codes', codes, values: typed };
}

/** The value of a `user.*` field (without `user.`) for a canonical user. */
export function userValue(data: ColumnData, canonicalId: string, field: string): unknown {
  return userField(data, canonicalId, data.profiles.get(canonicalId), field);
}
