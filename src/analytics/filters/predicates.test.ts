import { describe, expect, it } from 'vitest';
import { WAYMARK_MAPPING } from '../../shared/model/presets';
import type { Filter } from '../../shared/reports/filters';
import { IdentityMap } from '../identity/identityMap';
import { compileReportFilters } from './predicates';
import type { UserSet } from './userSet';

const many: UserSet = {
  ids: new Set(Array.from({ length: 400_000 }, (_, index) => `user-${index}`)),
  isNegated: false,
};
const onUser: Filter = { field: 'user.country', op: 'eq', value: 'DE' };
const onEvent: Filter = { field: 'device', op: 'eq', value: 'mobile' };
const context = { mapping: WAYMARK_MAPPING, identities: new IdentityMap(), sets: new Map([[onUser, many]]) };

describe('conditions that hold for very many users', () => {
  it('are applied by whoever has the user, where they stand alone', () => {
    const { usersMatch, acceptsUser, events } = compileReportFilters([onUser], context);
    expect(usersMatch).toEqual([]);
    expect(events.expr).toBe(true);
    expect(acceptsUser('user-5')).toBe(true);
    expect(acceptsUser('somebody')).toBe(false);
  });

  it('are refused with a way out beside conditions on events, where no command could name them all', () => {
    expect(() => compileReportFilters([{ anyOf: [onEvent, onUser] }], context)).toThrowError(
      /holds for 400,000 of them.*filter of its own/,
    );
  });
});
