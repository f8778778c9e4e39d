import type { Document } from 'mongodb';
import type { Mapping } from '../../../shared/model/mapping';
import { resolveRange } from '../../../shared/time/range';
import { testCondition } from '../../filters/testCondition';
import { Ordinals } from '../../kernels/growing';
import { NONE } from '../../kernels/series';
import { numbersIn } from '../../kernels/trend/aggregates';
import { valueText } from '../../mapping/storedText';
import type { Needs } from '../needs';
import { share, type TableHead } from '../table/sharedColumns';
import { NotAColumn } from './notAColumn';
import { userField } from './userField';
import { keyOf, type UserVectors } from './userVectors';

export interface UserSource {
  readonly mapping: Mapping;
  /** User documents by canonical id; empty when no `user.*` field is asked for. */
  readonly profiles: ReadonlyMap<string, Document>;
  /** Ids by canonical ordinal; empty like the documents. */
  readonly ids: readonly (string | null)[];
  readonly head: TableHead;
  /** Persons of the table whom nothing is asked of. */
  readonly superseded: Uint32Array | null;
  /** ms. */
  readonly now: number;
}

/** Works out what a report asks of users, for every person of a table. @throws NotAColumn */
export function buildUserVectors(needs: Needs, source: UserSource): UserVectors {
  const { mapping, profiles, ids, head, now } = source;
  const { canonical } = head;
  const isOut = new Set(source.superseded);
  const valueOf = (person: number, field: string): unknown => {
    if (isOut.has(person)) return null;
    const id = ids[canonical[person] as number] ?? '';
    return userField({ mapping }, id, profiles.get(id), field.slice('user.'.length));
  };
  const conditions = needs.userConditions.map((condition) => {
    const flags = new Uint8Array(share(canonical.length));
    for (let person = 0; person < flags.length; person++) {
      flags[person] = testCondition(valueOf(person, condition.field), condition) ? 1 : 0;
    }
    return [keyOf(condition), flags] as const;
  });
  const values = needs.userValues.map((field) => {
    const names = new Ordinals();
    const ofPerson = new Int32Array(share(4 * canonical.length));
    for (let person = 0; person < ofPerson.length; person++) {
      ofPerson[person] = names.of(valueText(valueOf(person, field)) ?? NONE);
    }
    return [field, { names: names.names, ofPerson }] as const;
  });
  const numbers = needs.userNumbers.map((field) => {
    const own = new Float64Array(share(8 * canonical.length));
    for (let person = 0; person < own.length; person++) {
      const [number = NaN, another] = numbersIn(valueOf(person, field));
      if (another !== undefined) throw new NotAColumn(field, `${field} holds several numbers`);
      own[person] = number;
    }
    return [field, own] as const;
  });
  return {
    conditions: new Map(conditions),
    values: new Map(values),
    numbers: new Map(numbers),
    ranges: new Map(
      needs.ranges.map((range) => {
        const { from, to } = resolveRange(range, now);
        return [keyOf(range), { from, to }];
      }),
    ),
  };
}
