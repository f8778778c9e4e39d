import type { FunnelPlan } from '../plan';

/** An event as the naive evaluation reads it: steps and exclusions as lists of 1-based numbers. */
export interface NaiveEvent {
  t: number;
  steps: number[];
  exclusions: number[];
}

interface NaiveAttempt {
  opening: number;
  reached: number;
  times: number[];
  alive: boolean;
  deadline: number;
  discarded: boolean;
}

/** The longest run of consecutive steps from `step` on that distinct events fill, by trying everything. */
function longestRun(events: NaiveEvent[], step: number, stepCount: number): number {
  if (step > stepCount) return 0;
  let best = 0;
  events.forEach((event, index) => {
    if (!event.steps.includes(step)) return;
    const rest = events.filter((_, other) => other !== index);
    best = Math.max(best, 1 + longestRun(rest, step + 1, stepCount));
  });
  return best;
}

/** The most steps the events fill together, by trying everything. */
function mostSteps(events: NaiveEvent[], taken: number[] = []): number {
  const [event, ...rest] = events;
  if (!event) return 0;
  let best = mostSteps(rest, taken);
  for (const step of event.steps) {
    if (!taken.includes(step)) best = Math.max(best, 1 + mostSteps(rest, [...taken, step]));
  }
  return best;
}

function runAttempt(plan: FunnelPlan, events: NaiveEvent[], opening: number): NaiveAttempt {
  const openedAt = (events[opening] as NaiveEvent).t;
  const instants = [...new Set(events.map((event) => event.t))].filter((t) => t >= openedAt);
  const times: number[] = [];
  let deadline = openedAt + plan.windowMs;
  let alive = true;
  let discarded = false;
  let stopped = false;
  for (const t of instants) {
    if (t > deadline) break;
    const here = events.filter(
      (event, index) => event.t === t && (plan.order === 'any' || index !== opening),
    );
    const before = times.length;
    if (alive && !stopped && before < plan.stepCount) {
      let now: number;
      if (plan.order === 'any') {
        now = mostSteps(events.filter((event) => event.t >= openedAt && event.t <= t));
      } else {
        const first = t === openedAt ? 1 : 0;
        now = before + first + longestRun(here, before + first + 1, plan.stepCount);
      }
      while (times.length < now) times.push(t);
      if (plan.windowPerStep && now > before) deadline = t + plan.windowMs;
      if (plan.order === 'strict' && now === before) alive = false;
    }
    for (const exclusion of here.flatMap((event) => event.exclusions)) {
      const rule = plan.exclusions[exclusion - 1];
      if (!rule || t === openedAt) continue;
      if (before >= rule.afterStep && times.length < rule.beforeStep) {
        if (plan.exclusionRule === 'void') discarded = true;
        stopped = true;
        alive = false;
      }
    }
  }
  if (times.length === plan.stepCount) alive = false;
  return { opening, reached: times.length, times, alive, deadline, discarded };
}

/** The chosen attempt by following every attempt on its own, in exponential time: for tests of small cases. */
export function chooseNaively(
  plan: FunnelPlan,
  all: NaiveEvent[],
): { reached: number; opening: number; times: number[]; open: boolean } {
  const events = plan.stepsWithinRange ? all.filter((event) => event.t < plan.to) : all;
  let openings = events.flatMap((event, index) => {
    const opens = plan.order === 'any' ? event.steps.length > 0 : event.steps.includes(1);
    return opens && event.t >= plan.from && event.t < plan.to ? [index] : [];
  });
  const timeOf = (index: number): number => (events[index] as NaiveEvent).t;
  const [first] = openings;
  if (plan.entry === 'first' && first !== undefined) {
    openings = openings.filter((index) => timeOf(index) === timeOf(first));
  }
  if (plan.order === 'any') {
    openings = openings.filter((index, at) => at === 0 || timeOf(openings[at - 1] as number) < timeOf(index));
  }
  const attempts = openings
    .map((opening) => runAttempt(plan, events, opening))
    .filter((attempt) => !attempt.discarded);
  const runOf = ({ times }: NaiveAttempt): number => times.filter((time) => time === times[0]).length;
  const best = [...attempts].sort(
    (a, b) =>
      b.reached - a.reached ||
      timeOf(a.opening) - timeOf(b.opening) ||
      runOf(b) - runOf(a) ||
      a.opening - b.opening,
  )[0];
  if (!best) return { reached: 0, opening: -1, times: [], open: false };
  const open = attempts.some((attempt) => {
    const last = plan.stepsWithinRange ? Math.min(attempt.deadline, plan.to - 1) : attempt.deadline;
    return attempt.alive && last > plan.dataThrough;
  });
  return {
    reached: best.reached,
    opening: best.opening,
    times: best.times,
    open: open && best.reached < plan.stepCount,
  };
}
