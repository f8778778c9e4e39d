import type { Document } from 'mongodb';
import type { Mapping } from '../../../shared/model/mapping';
import { valueAt } from '../../mapping/documents';
import { NotAColumn } from './notAColumn';

/** Whose user documents these are. */
export interface ProfileSource {
  readonly mapping: Mapping;
}

/** The value of a `user.*` field (without `user.`) in a canonical user's document. @throws NotAColumn */
export function userField(
  data: ProfileSource,
  canonicalId: string,
  document: Document | undefined,
  field: string,
): unknown {
  if (field === 'userId') return canonicalId;
  const fields = data.mapping.users?.fields;
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
