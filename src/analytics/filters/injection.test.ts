import { describe, expect, it } from 'vitest';
import { parseMapping } from '../../shared/model/mapping';
import type { Filter } from '../../shared/reports/filters';
import { IdentityMap } from '../identity/identityMap';
import { compileFilter } from './predicates';

/** Texts that an expression would take for a path, a variable or an operator if they stood bare in it. */
const HOSTILE = ['$userId', '$$ROOT', '$where', '{"$gt":""}', '.*$'];

const mapping = parseMapping({
  version: 1,
  name: 'mine',
  events: {
    collection: 'hits',
    fields: {
      userId: 'user',
      eventType: 'type',
      timestamp: 'at',
      device: { constant: '$$ROOT' },
      country: 'geo.country',
      properties: 'properties',
    },
  },
});

/** The hostile texts that stand bare within an expression, or are keys of anything. */
function bareTexts(node: unknown, isExpression: boolean): string[] {
  if (typeof node === 'string') return isExpression && HOSTILE.includes(node) ? [node] : [];
  if (Array.isArray(node)) return node.flatMap((inner) => bareTexts(inner, isExpression));
  if (node === null || typeof node !== 'object') return [];
  return Object.entries(node).flatMap(([key, inner]) => [
    ...(HOSTILE.includes(key) ? [key] : []),
    ...(key === '$literal' ? [] : bareTexts(inner, isExpression || key === '$expr')),
  ]);
}

describe('what a person or a stranger’s file writes', () => {
  const fields = ['eventType', 'country', 'device', 'userId', 'properties.plan'] as const;
  it.each(fields)('is a value in every condition on %s, never an operator or a path', (field) => {
    for (const value of HOSTILE) {
      const filters = [
        ...(['eq', 'ne', 'contains', 'startsWith'] as const).map((op) => ({ field, op, value })),
        ...(['in', 'nin'] as const).map((op) => ({ field, op, value: HOSTILE })),
      ] as Filter[];
      for (const filter of [...filters, { anyOf: filters } as Filter]) {
        const { match, expr } = compileFilter(filter, {
          mapping,
          identities: new IdentityMap(),
          sets: new Map(),
        });
        expect([filter, bareTexts(match, false), bareTexts(expr, true)]).toEqual([filter, [], []]);
      }
    }
  });

  it('is a value as a user’s id too', () => {
    const filter = { did: { event: 'x' } } as unknown as Filter;
    const sets = new Map([[filter, { ids: new Set(HOSTILE), isNegated: false }]]);
    const { match, expr } = compileFilter(filter, { mapping, identities: new IdentityMap(), sets });
    expect([bareTexts(match, false), bareTexts(expr, true)]).toEqual([[], []]);
  });
});
