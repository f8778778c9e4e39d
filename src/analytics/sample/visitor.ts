import {
  BOT_MACHINE,
  MACHINES,
  nameFor,
  ORIGINS,
  FIRST_CHANNELS,
  type Channel,
  type Machine,
  type Origin,
  type Plan,
} from './catalogue';
import { createRandom, fractionOf, hashOf } from './random';

/** How often somebody comes back. */
export type Loyalty = 'once' | 'casual' | 'loyal' | 'bot';

/** Everything that stays true of a visitor; a pure function of the seed and the visitor's number. */
export interface Visitor {
  readonly number: number;
  readonly loyalty: Loyalty;
  readonly origin: Origin;
  readonly machine: Machine;
  /** A second machine that some account holders use as well. */
  readonly secondMachine: Machine | undefined;
  readonly firstChannel: Channel;
  /** The visit (0 = first) in which the visitor creates an account; never when undefined. */
  readonly signsUpAt: number | undefined;
  readonly signUpPlan: Plan;
  /** Visits after the sign-up at which the plan changes, with the new plan. */
  readonly planChanges: readonly { readonly visit: number; readonly plan: Plan }[];
}

const SALT = { loyalty: 11, visitor: 12, id: 13, visit: 14, name: 15 } as const;

/** How often a visitor comes back; cheap, since the schedule asks it for everybody each day. */
export function loyaltyOf(seed: number, number: number): Loyalty {
  const draw = fractionOf(seed, SALT.loyalty, number);
  if (draw < 0.002) return 'bot';
  if (draw < 0.56) return 'once';
  return draw < 0.85 ? 'casual' : 'loyal';
}

/** Whether a visitor comes on a day, `age` days after the first visit (age 0 is the first itself). */
export function visitsOn(seed: number, number: number, loyalty: Loyalty, age: number): boolean {
  if (age === 0) return true;
  if (loyalty === 'once') return false;
  const probability = {
    casual: 0.2 * Math.pow(age, -0.75),
    loyal: 0.16 * Math.pow(0.993, age) + (age % 7 === 0 ? 0.14 : 0),
    bot: 0.12,
  }[loyalty];
  return fractionOf(seed, SALT.visit, number, age) < probability;
}

/** How many days a visitor came before the day of this age. */
export function visitsBefore(seed: number, number: number, loyalty: Loyalty, age: number): number {
  if (loyalty === 'once') return age > 0 ? 1 : 0;
  let visits = 0;
  for (let day = 0; day < age; day += 1) if (visitsOn(seed, number, loyalty, day)) visits += 1;
  return visits;
}

/** The visitor of a number. */
export function createVisitor(seed: number, number: number): Visitor {
  const random = createRandom(seed, SALT.visitor, number);
  const loyalty = loyaltyOf(seed, number);
  const origin = random.weighted(ORIGINS);
  const machine = loyalty === 'bot' ? BOT_MACHINE : random.weighted(MACHINES);
  const firstChannel = loyalty === 'bot' ? 'direct' : random.weighted(FIRST_CHANNELS);
  const signsUp = random.chance({ bot: 0, once: 0.05, casual: 0.32, loyal: 0.68 }[loyalty]);
  const signsUpAt = !signsUp ? undefined : loyalty === 'once' ? 0 : random.integer(0, 3);
  const signUpPlan: Plan = random.chance(0.12) ? 'plus' : 'free';
  const planChanges: { visit: number; plan: Plan }[] = [];
  if (signsUpAt !== undefined && random.chance(0.3)) {
    const up: Plan = signUpPlan === 'free' ? 'plus' : 'pro';
    planChanges.push({ visit: signsUpAt + random.integer(1, 4), plan: up });
    if (random.chance(0.35)) {
      const next: Plan = random.chance(0.6) && up === 'plus' ? 'pro' : 'free';
      planChanges.push({ visit: signsUpAt + random.integer(5, 9), plan: next });
    }
  }
  const secondMachine = signsUp && random.chance(0.3) ? random.weighted(MACHINES) : undefined;
  return {
    number,
    loyalty,
    origin,
    machine,
    secondMachine,
    firstChannel,
    signsUpAt,
    signUpPlan,
    planChanges,
  };
}

/** The plan an account holder is on before a visit. */
export function planBefore(visitor: Visitor, visit: number): Plan {
  return visitor.planChanges.reduce(
    (plan, change) => (change.visit < visit ? change.plan : plan),
    visitor.signUpPlan,
  );
}

/** The id a visitor has once logged in. */
export function userIdOf(number: number): string {
  return `u-${number.toString(36)}`;
}

/** The id of a visitor's browser: another for each machine. */
export function anonymousIdOf(seed: number, number: number, machine: 0 | 1): string {
  const low = hashOf(seed, SALT.id, number, machine);
  return `anon-${number.toString(36)}-${low.toString(16).padStart(8, '0')}`;
}

export interface SampleTraits {
  readonly name: string;
  /** At example.com, which belongs to nobody. */
  readonly email: string;
  readonly language: string;
  readonly newsletter: boolean;
}

/**
 * Name, e-mail and further traits of a sample user.
 * @param userId an id as in the generated events (`u-…`)
 */
export function sampleTraits(seed: number, userId: string): SampleTraits {
  const number = Number.parseInt(userId.replace(/^u-/, ''), 36);
  const draw = hashOf(seed, SALT.name, number);
  const { first, last } = nameFor(draw);
  return {
    name: `${first} ${last}`,
    email: `${first}.${last}.${number.toString(36)}@example.com`.toLowerCase(),
    language: createVisitor(seed, number).origin.language,
    newsletter: draw % 5 < 2,
  };
}
