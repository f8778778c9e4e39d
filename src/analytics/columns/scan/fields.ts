import type { Document } from 'mongodb';
import { WaymarkError } from '../../../shared/errors';
import type { Mapping } from '../../../shared/model/mapping';
import { valueAt } from '../../mapping/documents';
import { isTextField } from '../format/block';
import type { EventTable } from '../table/eventTable';

/** A field that no column holds exactly; the report must be answered from the events themselves. */
export class NotAColumn extends WaymarkError {
  /** The end of a sentence: what stands against the columns. */
  readonly reason: string;

  constructor(field: string, reason = `${field} is not a column`) {
    super(
      'badInput',
      `Columns can't answer this report: ${reason}. Run it on the database, or declare the property as a column.`,
    );
    this.name = 'NotAColumn';
    this.reason = reason;
  }
}

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
  if (field === 'userId') return canonicalId;
  const fields = data.mapping.users?.fields;
  const document = data.profiles.get(canonicalId);
  if (!fields || !document) return null;
  switch (field) {
    case 'name':
    case 'email':
    case 'device':
    case 'country':
      return fields[field] === undefined ? null : valueAt(document, fields[field]);
    case 'createdAt':
    case 'lastActiveAt': {
      const source = fields[field];
      if (source !== undefined && source.as !== 'date') throw new NotAColumn(`user.${field}`);
      return source === undefined ? null : valueAt(document, source.path);
    }
    default: {
      if (fields.traits === undefined) return null;
      const name = field.startsWith('traits.') ? field.slice('traits.'.length) : field;
      return valueAt(document, fields.traits === '.' ? name : `${fields.traits}.${name}`);
    }
  }
}
