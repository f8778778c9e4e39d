import { AnyOrder } from './anyOrder';
import { AttemptLists } from './attemptLists';
import { followAny, wouldReachLater } from './followAny';
import { findStepEvent, followAttempt, type Attempt } from './followAttempt';
import { OrderedScan } from './scanOrdered';
import {
  endOfInstant,
  visibleLength,
  type Choice,
  type DropReason,
  type FunnelPlan,
  type Timeline,
} from './plan';

/** What a funnel says of one unit (user or session) that entered it; holds until the next one is evaluated. */
export interface UnitOutcome {
  /** Steps reached by the chosen attempt, 1 … stepCount. */
  reached: number;
  /** Instant of each step reached, ms: the first `reached` of them hold. */
  readonly stepTimes: ArrayLike<number>;
  /** Whether some attempt could still reach the next step after `dataThrough`. */
  open: boolean;
  /** Index of the opening event in the timeline. */
  opening: number;
}

interface Chooser {
  choose(timeline: Timeline, length: number): Choice;
}

/** Evaluates units against one plan; keeps its working memory between units. */
export class FunnelEvaluator {
  private readonly chooser: Chooser;
  private readonly ordered: OrderedScan | null;
  private readonly stepTimes: Float64Array;
  private readonly outcome: UnitOutcome;

  constructor(private readonly plan: FunnelPlan) {
    this.chooser = createChooser(plan);
    this.ordered = this.chooser instanceof OrderedScan ? this.chooser : null;
    this.stepTimes = new Float64Array(plan.stepCount);
    this.outcome = { reached: 0, stepTimes: this.stepTimes, open: false, opening: -1 };
  }

  /** The outcome of one unit; undefined when no attempt of it counts. */
  evaluate(timeline: Timeline): UnitOutcome | undefined {
    const { plan } = this;
    const length = visibleLength(plan, timeline);
    const choice = this.chooser.choose(timeline, length);
    const { reached, opening, open } = choice;
    if (reached === 0) return undefined;
    const { stepTimes, ordered } = this;
    if (ordered) ordered.follow(timeline, length, choice, stepTimes);
    else stepTimes.set(this.attemptOf(timeline, length, opening).stepTimes);
    const { outcome } = this;
    outcome.reached = reached;
    outcome.open = open;
    outcome.opening = opening;
    return outcome;
  }

  /**
   * Why the chosen attempt did not reach its next step.
   * @param stillOpen whether the unit is undecided (see `UnitOutcome.open`)
   */
  reasonOf(timeline: Timeline, outcome: UnitOutcome, stillOpen: boolean): DropReason {
    if (stillOpen) return 'undecided';
    const length = visibleLength(this.plan, timeline);
    const attempt = this.attemptOf(timeline, length, outcome.opening);
    if (attempt.ending === 'exclusion') return 'exclusion';
    return this.cameTooLate(timeline, length, outcome, attempt) ? 'windowExceeded' : 'noNextEvent';
  }

  /**
   * Index of the event whose breakdown value counts for the unit.
   * @param step the step it is read at, 1-based and reached; in order `any` always the opening event's
   */
  valueEventOf(timeline: Timeline, outcome: UnitOutcome, step: number): number {
    if (this.plan.order === 'any') return outcome.opening;
    return findStepEvent(this.plan, timeline, outcome, step);
  }

  private attemptOf(timeline: Timeline, length: number, opening: number): Attempt {
    const follow = this.plan.order === 'any' ? followAny : followAttempt;
    return follow(this.plan, timeline, length, opening);
  }

  private cameTooLate(
    timeline: Timeline,
    length: number,
    { reached, opening }: UnitOutcome,
    attempt: Attempt,
  ): boolean {
    const { plan } = this;
    if (plan.order === 'any') return wouldReachLater(plan, timeline, length, opening, reached);
    if (attempt.ending === 'broken') return false;
    const from = attempt.afterLastStep;
    const to = plan.order === 'strict' && from < length ? endOfInstant(timeline, from, length) : length;
    for (let i = from; i < to; i += 1) {
      if ((((timeline.steps[i] as number) >>> reached) & 1) === 1) return true;
    }
    return false;
  }
}

function createChooser(plan: FunnelPlan): Chooser {
  if (plan.order === 'any') return new AnyOrder(plan);
  const common = plan.order === 'ordered' && plan.exclusions.length === 0 && !plan.windowPerStep;
  return common ? new OrderedScan(plan) : new AttemptLists(plan);
}
