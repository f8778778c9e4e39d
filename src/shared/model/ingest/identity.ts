import type { Claim, StoredProfile } from '../event';
import { compareClaims } from './profile';

/** No chain of forced claims is followed further than this. */
const MAX_CHAIN = 20;

/**
 * The claim that an id follows: the earliest, ties by target. An identified id follows only forced claims, so
 * that two people who identified themselves are never made one by an alias alone. Undefined: it is its own person.
 */
export function winningClaim(profile: Pick<StoredProfile, 'identified' | 'claims'>): Claim | undefined {
  let winner: Claim | undefined;
  for (const claim of profile.claims) {
    if (profile.identified && !claim.forced) continue;
    if (!winner || compareClaims(claim, winner) < 0) winner = claim;
  }
  return winner;
}

/**
 * The canonical id of a person and the chain of ids that leads there (the id itself first). A circle of forced
 * claims ends at its smallest id, whichever of its ids was asked for.
 */
export function resolveCanonical(
  id: string,
  profileOf: (id: string) => Pick<StoredProfile, 'identified' | 'claims'> | undefined,
): { canonicalId: string; claim?: Claim } {
  const chain = [id];
  let first: Claim | undefined;
  for (;;) {
    const profile = profileOf(chain[chain.length - 1] ?? id);
    const claim = profile && winningClaim(profile);
    if (!claim) break;
    first ??= claim;
    const start = chain.indexOf(claim.target);
    if (start >= 0) {
      const smallest = chain.slice(start).reduce((least, other) => (other < least ? other : least));
      return smallest === id || !first ? { canonicalId: id } : { canonicalId: smallest, claim: first };
    }
    if (chain.length > MAX_CHAIN) break;
    chain.push(claim.target);
  }
  const canonicalId = chain[chain.length - 1] ?? id;
  return first && canonicalId !== id ? { canonicalId, claim: first } : { canonicalId };
}
