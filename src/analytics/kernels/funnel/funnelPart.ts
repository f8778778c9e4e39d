import type { ReportOf } from '../../../shared/reports/report';
import type { TimeAxis } from '../../../shared/time/axisPoint';
import { FunnelEvaluator } from './evaluateUnit';
import { FunnelTally, type FunnelShare } from './funnelTally';
import type { DropReason, FunnelPlan, Timeline } from './plan';

/** One unit of a funnel: a canonical user, or one of their sessions. */
export interface FunnelUnit<Name> {
  readonly timeline: Timeline;
  /** Asked only for units that are listed. */
  readonly name: () => Name;
  /** Code of the breakdown's value at an event of the timeline. */
  readonly valueAt: (event: number) => number;
  /** When the unit takes no more events, ms. */
  readonly closesAt: number;
}

/** A listed unit before it is known which values are folded into "(other)". */
export interface FunnelCandidate<Name> {
  readonly name: Name;
  /** Index of its breakdown value; −1 for none. */
  readonly value: number;
  readonly reachedStep: number;
  readonly reason?: DropReason;
}

/** What a funnel says of some of its units; such parts add up. */
export interface FunnelPartResult<Name> {
  readonly share: FunnelShare;
  /** The breakdown's values that occur. */
  readonly values: readonly string[];
  readonly candidates: readonly FunnelCandidate<Name>[];
}

/** The keys of a report that decide what counts. */
export type FunnelAsked = Pick<ReportOf<'funnel'>, 'steps' | 'breakdown' | 'attribution' | 'users'>;

/** The step at which a breakdown value is read, given how far the unit came; 0: the unit is left out. */
function attributedStep(report: FunnelAsked, reached: number): number {
  if (report.attribution === 'first') return 1;
  if (report.attribution === 'last') return reached;
  const step = Number(report.attribution.slice('step:'.length));
  return step <= reached ? step : 0;
}

function isListed(report: FunnelAsked, reached: number, open: boolean): boolean {
  if (!report.users) return false;
  const { step, outcome } = report.users;
  if (outcome === 'converted') return reached === report.steps.length;
  if (outcome === 'reached') return reached >= step;
  return reached === step - 1 && open === (outcome === 'undecided');
}

/** Follows the attempts of one unit after the other, whatever executor brings them, and tallies them. */
export class FunnelPart<Name> {
  readonly #evaluator: FunnelEvaluator;
  readonly #tally: FunnelTally;
  readonly #candidates: FunnelCandidate<Name>[] = [];

  constructor(
    private readonly report: FunnelAsked,
    private readonly plan: FunnelPlan,
    axis: TimeAxis,
  ) {
    this.#evaluator = new FunnelEvaluator(plan);
    this.#tally = new FunnelTally(plan, axis, report.breakdown !== undefined);
  }

  /** Takes a unit with its events. */
  visit(unit: FunnelUnit<Name>): void {
    this.#tally.addEvents(unit.timeline);
    this.enter(unit);
  }

  /** Counts events of steps, point after point, of units that are not visited but entered. */
  addCounted(counts: Float64Array): void {
    this.#tally.addCounted(counts);
  }

  /** The step at whose event the breakdown value of a unit is read, given how far it came; 0: nowhere. */
  stepOfValue(reached: number): number {
    return this.report.breakdown === undefined ? 0 : attributedStep(this.report, reached);
  }

  /**
   * Takes a unit whose attempts were followed and whose events were counted; it is not listed.
   * @param place where the instants of its steps begin
   * @param value code of its breakdown value; −1 when it is left out of the breakdown
   */
  enterFollowed(
    reached: number,
    stepTimes: ArrayLike<number>,
    place: number,
    open: boolean,
    value: number,
  ): void {
    this.#tally.add(reached, stepTimes, open, value, place);
  }

  /** Takes a unit whose events were counted. */
  enter({ timeline, name, valueAt, closesAt }: FunnelUnit<Name>): void {
    const outcome = this.#evaluator.evaluate(timeline);
    if (!outcome) return;
    const { reached, stepTimes } = outcome;
    const open = outcome.open && closesAt > this.plan.dataThrough;
    const step = this.stepOfValue(reached);
    const value = step > 0 ? valueAt(this.#evaluator.valueEventOf(timeline, outcome, step)) : -1;
    this.#tally.add(reached, stepTimes, open, value);
    if (!isListed(this.report, reached, open)) return;
    const isConverted = reached === this.report.steps.length;
    const reason = isConverted ? {} : { reason: this.#evaluator.reasonOf(timeline, outcome, open) };
    this.#candidates.push({ value, name: name(), reachedStep: reached, ...reason });
  }

  /** @param names text of each code of the breakdown's values */
  finish(names: readonly string[]): FunnelPartResult<Name> {
    const { share, held } = this.#tally.share(names.length);
    if (held.length === 0) return { share, values: [], candidates: this.#candidates };
    // Only values that occur are told of.
    const codes = new Map(held.map((value, index) => [value, index]));
    const candidates = this.#candidates.map((one) => ({ ...one, value: codes.get(one.value) ?? -1 }));
    return { share, values: held.map((value) => names[value] ?? ''), candidates };
  }
}
