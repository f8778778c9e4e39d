import type { Document } from 'mongodb';
import type { Mapping } from '../../shared/model/mapping';
import type { ResolvedRange } from '../../shared/time/range';
import { elapsedMsExpr, type Expression } from '../mapping/fields';
import { hasRoleExpr } from './sessions';

/**
 * Accumulators that count, within a wider window, the events of the range that match the filters: all (rn),
 * page views (rp) and purchases (rb).
 */
export function rangeAccumulators(
  mapping: Mapping,
  range: Pick<ResolvedRange, 'from' | 'to'>,
  matches: Expression,
): Document {
  const elapsed = elapsedMsExpr(mapping, range.from);
  const counts: Expression[] = [
    { $gte: [elapsed, 0] },
    { $lt: [elapsed, range.to - range.from] },
    ...(matches === true ? [] : [matches]),
  ];
  const sum = (...tests: Expression[]): Document => ({ $sum: { $cond: [{ $and: tests }, 1, 0] } });
  return {
    rn: sum(...counts),
    rp: sum(hasRoleExpr(mapping, mapping.roles.pageViews), ...counts),
    rb: sum(hasRoleExpr(mapping, mapping.roles.purchases), ...counts),
  };
}
