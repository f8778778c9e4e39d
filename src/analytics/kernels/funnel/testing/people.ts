import { FunnelEvaluator } from '../evaluateUnit';
import { toWindowMs, type FunnelPlan, type Timeline } from '../plan';

/** One event of a worked example: minutes (or ms) on the clock, the type, in order of event id. */
export type ExampleEvent = readonly [at: number, type: string];

export interface ExampleFunnel extends Partial<Omit<FunnelPlan, 'exclusions' | 'stepCount'>> {
  /** Each step a type, or several joined by "|". */
  readonly steps: readonly string[];
  /** [type, after step, before step]. */
  readonly exclusions?: readonly (readonly [string, number, number])[];
}

export const MINUTE = 60_000;

/** What the funnel says of a person with these events. */
export function runExample(
  { steps, exclusions = [], ...rest }: ExampleFunnel,
  events: readonly ExampleEvent[],
): { reached: number; times: readonly number[]; opening: number; open: boolean; reason: string | undefined } {
  const plan: FunnelPlan = {
    order: 'ordered',
    windowMs: toWindowMs(3600),
    windowPerStep: false,
    entry: 'best',
    exclusionRule: 'stop',
    from: 0,
    to: 1000 * MINUTE,
    stepsWithinRange: false,
    dataThrough: 100_000 * MINUTE,
    ...rest,
    stepCount: steps.length,
    exclusions: exclusions.map(([, afterStep, beforeStep]) => ({ afterStep, beforeStep })),
  };
  const known = new Map<string, number>();
  const bits = (wanted: readonly string[], type: string): number => {
    const key = `${wanted === steps ? 'step' : 'exclusion'} ${type}`;
    let mask = known.get(key);
    if (mask === undefined) {
      mask = 0;
      wanted.forEach((one, bit) => {
        if (one === '*' || one.split('|').includes(type)) mask = (mask ?? 0) | (1 << bit);
      });
      known.set(key, mask);
    }
    return mask;
  };
  const excludedTypes = exclusions.map(([type]) => type);
  const timeline: Timeline = {
    length: events.length,
    times: Float64Array.from(events, ([at]) => at),
    steps: Int32Array.from(events, ([, type]) => bits(steps, type)),
    exclusions:
      exclusions.length > 0 ? Int32Array.from(events, ([, type]) => bits(excludedTypes, type)) : null,
    values: null,
  };
  const evaluator = new FunnelEvaluator(plan);
  const outcome = evaluator.evaluate(timeline);
  if (!outcome) return { reached: 0, times: [], opening: -1, open: false, reason: undefined };
  const { reached, stepTimes, opening, open } = outcome;
  const reason = reached === steps.length ? undefined : evaluator.reasonOf(timeline, outcome, open);
  return { reached, times: Array.from(stepTimes).slice(0, reached), opening, open, reason };
}
