import { byCodePoint } from './codePoints';
import type { WorldEvent } from './world';

/** What a funnel asks of one unit's events, with everything resolved to predicates. */
export interface FunnelRules {
  readonly steps: number;
  readonly matches: (step: number, event: WorldEvent) => boolean;
  readonly order: 'ordered' | 'strict' | 'any';
  readonly windowMs: number;
  readonly windowPerStep: boolean;
  readonly exclusions: readonly {
    readonly matches: (event: WorldEvent) => boolean;
    readonly afterStep: number;
    readonly beforeStep: number;
  }[];
  readonly exclusionRule: 'stop' | 'void';
  /** Whether an attempt may open at an instant. */
  readonly mayOpen: (at: number) => boolean;
}

/** One instant of a unit: its events in order of id. */
export interface Moment {
  readonly at: number;
  readonly events: readonly WorldEvent[];
}

/** How one attempt went. `steps[0]` is the opening event; later ones stand in the order in which they were filled. */
export interface Attempt {
  readonly opening: WorldEvent;
  /** For each step reached: its instant, and the event that filled it (for `any`, no event is tied to a step). */
  readonly reached: readonly { readonly at: number; readonly event: WorldEvent }[];
  readonly end: 'complete' | 'exclusion' | 'void' | 'broken' | 'waiting';
  /** Last instant (ms, inclusive) at which the next step could have come. */
  readonly deadline: number;
  /** Whether the next step did come, but after the deadline. */
  readonly cameTooLate: boolean;
}

/** Groups events in order of time into instants. */
export function momentsOf(events: readonly WorldEvent[]): Moment[] {
  return [...new Set(events.map((event) => event.at))].map((at) => ({
    at,
    events: events.filter((event) => event.at === at),
  }));
}

/**
 * The longest run of steps, from `step` on, that different events can fill, each one. Tries events in order of
 * id, so among the longest runs it returns the one with the smallest ids, step by step.
 */
function longestRun(rules: FunnelRules, step: number, events: readonly WorldEvent[]): WorldEvent[] {
  if (step > rules.steps) return [];
  const most = Math.min(rules.steps - step + 1, events.length);
  let best: WorldEvent[] = [];
  for (const event of events) {
    if (best.length === most) break;
    if (!rules.matches(step, event)) continue;
    const rest = longestRun(
      rules,
      step + 1,
      events.filter((other) => other !== event),
    );
    if (rest.length + 1 > best.length) best = [event, ...rest];
  }
  return best;
}

/** Whether an exclusion strikes at this instant, given when each step was reached. */
function isExcluded(rules: FunnelRules, moment: Moment, reachedAt: readonly number[]): boolean {
  return rules.exclusions.some(({ matches, afterStep, beforeStep }) => {
    const after = reachedAt[afterStep - 1];
    const before = reachedAt[beforeStep - 1];
    return after !== undefined && after < moment.at && before === undefined && moment.events.some(matches);
  });
}

/** Follows the attempt that a step-1 event opens (orders `ordered` and `strict`). */
function followInOrder(rules: FunnelRules, moments: readonly Moment[], opening: WorldEvent): Attempt {
  const reached = [{ at: opening.at, event: opening }];
  let end: Attempt['end'] = 'waiting';
  let cameTooLate = false;
  const deadline = (): number =>
    (rules.windowPerStep ? (reached[reached.length - 1]?.at ?? 0) : opening.at) + rules.windowMs;
  for (const moment of moments.filter(({ at }) => at >= opening.at)) {
    if (reached.length === rules.steps) break;
    const late = moment.at > deadline();
    const free = moment.events.filter((event) => event !== opening);
    const run = longestRun(rules, reached.length + 1, free);
    if (late) {
      if (end === 'waiting' && run.length > 0) cameTooLate = true;
      if (cameTooLate || rules.order === 'strict') break;
      continue;
    }
    if (end === 'waiting') {
      reached.push(...run.map((event) => ({ at: moment.at, event })));
      if (rules.order === 'strict' && run.length === 0 && moment.at > opening.at) end = 'broken';
    }
    if (reached.length === rules.steps) break;
    const struck = isExcluded(
      rules,
      moment,
      reached.map(({ at }) => at),
    );
    if (struck && !(end === 'broken' && rules.exclusionRule === 'stop')) {
      end = rules.exclusionRule === 'stop' ? 'exclusion' : 'void';
      break;
    }
  }
  if (reached.length === rules.steps) end = 'complete';
  return { opening, reached, end, deadline: deadline(), cameTooLate };
}

/** How many steps events can fill together, each one (augmenting paths). */
function mostFilled(rules: FunnelRules, events: readonly WorldEvent[]): number {
  const filledBy = new Map<number, WorldEvent>();
  const place = (event: WorldEvent, tried: Set<number>): boolean => {
    for (let step = 1; step <= rules.steps; step += 1) {
      if (tried.has(step) || !rules.matches(step, event)) continue;
      tried.add(step);
      const holder = filledBy.get(step);
      if (holder === undefined || place(holder, tried)) {
        filledBy.set(step, event);
        return true;
      }
    }
    return false;
  };
  return events.filter((event) => place(event, new Set())).length;
}

/** Follows the attempt that opens at an event matching any step (order `any`). */
function followInAnyOrder(rules: FunnelRules, moments: readonly Moment[], opening: WorldEvent): Attempt {
  const reached: { at: number; event: WorldEvent }[] = [];
  let end: Attempt['end'] = 'waiting';
  let cameTooLate = false;
  const deadline = opening.at + rules.windowMs;
  const seen: WorldEvent[] = [];
  for (const moment of moments.filter(({ at }) => at >= opening.at)) {
    if (reached.length === rules.steps) break;
    seen.push(...moment.events);
    const possible = mostFilled(rules, seen);
    if (moment.at > deadline) {
      if (possible > reached.length) {
        cameTooLate = true;
        break;
      }
      continue;
    }
    while (reached.length < possible) reached.push({ at: moment.at, event: opening });
    if (reached.length === rules.steps) break;
    const reachedAt = reached.map(({ at }) => at);
    if (isExcluded(rules, moment, reachedAt)) {
      end = rules.exclusionRule === 'stop' ? 'exclusion' : 'void';
      break;
    }
  }
  if (reached.length === rules.steps) end = 'complete';
  return { opening, reached, end, deadline, cameTooLate };
}

/** Every attempt of a unit, in order of its opening event; `first` keeps those of the first opening instant. */
export function allAttempts(
  rules: FunnelRules,
  events: readonly WorldEvent[],
  entry: 'best' | 'first',
): Attempt[] {
  const moments = momentsOf(events);
  const opens = (event: WorldEvent): boolean =>
    rules.mayOpen(event.at) &&
    (rules.order === 'any'
      ? Array.from({ length: rules.steps }, (_, index) => index + 1).some((step) =>
          rules.matches(step, event),
        )
      : rules.matches(1, event));
  const openings = events.filter(opens);
  const counted = entry === 'best' ? openings : openings.filter((opening) => opening.at === openings[0]?.at);
  return counted.map((opening) =>
    rules.order === 'any'
      ? followInAnyOrder(rules, moments, opening)
      : followInOrder(rules, moments, opening),
  );
}

/** How many steps an attempt filled at its opening instant. */
function firstRun({ opening, reached }: Attempt): number {
  return reached.filter(({ at }) => at === opening.at).length;
}

/**
 * The attempt that counts: the one that gets furthest, among equals the earliest; of those that open at one
 * instant the one that fills most steps there, then the one whose opening event has the smallest id.
 * Undefined when all are void.
 */
export function chooseAttempt(attempts: readonly Attempt[]): Attempt | undefined {
  const [chosen] = attempts
    .filter((attempt) => attempt.end !== 'void')
    .sort(
      (a, b) =>
        b.reached.length - a.reached.length ||
        a.opening.at - b.opening.at ||
        firstRun(b) - firstRun(a) ||
        byCodePoint(a.opening.id, b.opening.id),
    );
  return chosen;
}
