import type { Document } from 'mongodb';
import type { Mapping } from '../../shared/model/mapping';
import type { Expression } from '../mapping/fields';
import { countOf, hasRoleExpr } from './sessions';

/** Accumulators beside a session's own: purchases (rb), and page views (rp) where not all events match. */
export function kpiAccumulators(mapping: Mapping, matches: Expression): Document {
  const isPurchase = hasRoleExpr(mapping, mapping.roles.purchases);
  if (matches === true) return { rb: countOf(isPurchase) };
  return {
    rb: countOf({ $and: [isPurchase, matches] }),
    rp: countOf({ $and: [hasRoleExpr(mapping, mapping.roles.pageViews), matches] }),
  };
}
