import { eventLabel } from '../../../shared/reports/eventLabel';
import type { ReportOf } from '../../../shared/reports/report';
import type { FunnelData, ListedUser } from '../../../shared/reports/result';
import type { TimeAxis } from '../../../shared/time/axisPoint';
import { FunnelEvaluator } from '../../kernels/funnel/evaluateUnit';
import { FunnelTally } from '../../kernels/funnel/funnelTally';
import type { FunnelPlan, Timeline } from '../../kernels/funnel/plan';
import { Ordinals } from '../../kernels/growing';
import { NONE } from '../../kernels/series';
import { sortListed } from '../lists';

/** A listed unit before it is known which values are folded into "(other)". */
interface Candidate {
  readonly user: ListedUser;
  readonly value: number;
}

/** One unit of a funnel: a canonical user, or one of their sessions. */
export interface FunnelUnit {
  readonly timeline: Timeline;
  /** Asked only for units that are listed. */
  readonly name: () => ListedUser;
  /** The breakdown's value at an event of the timeline, as text; null when it has none. */
  readonly valueAt: (event: number) => string | null;
  /** When the unit takes no more events, ms. */
  readonly closesAt: number;
}

/** The step at which a breakdown value is read, given how far the unit came; 0: the unit is left out. */
function attributedStep(report: ReportOf<'funnel'>, reached: number): number {
  if (report.attribution === 'first') return 1;
  if (report.attribution === 'last') return reached;
  const step = Number(report.attribution.slice('step:'.length));
  return step <= reached ? step : 0;
}

function isListed(report: ReportOf<'funnel'>, reached: number, open: boolean): boolean {
  if (!report.users) return false;
  const { step, outcome } = report.users;
  if (outcome === 'converted') return reached === report.steps.length;
  if (outcome === 'reached') return reached >= step;
  return reached === step - 1 && open === (outcome === 'undecided');
}

/** Follows the attempts of one unit after the other, whatever executor brings them, and adds them up. */
export class FunnelCollector {
  readonly #evaluator: FunnelEvaluator;
  readonly #tally: FunnelTally;
  readonly #values = new Ordinals();
  readonly #candidates: Candidate[] = [];

  constructor(
    private readonly report: ReportOf<'funnel'>,
    private readonly plan: FunnelPlan,
    axis: TimeAxis,
  ) {
    this.#evaluator = new FunnelEvaluator(plan);
    this.#tally = new FunnelTally(plan, axis);
  }

  visit({ timeline, name, valueAt, closesAt }: FunnelUnit): void {
    this.#tally.addEvents(timeline);
    const outcome = this.#evaluator.evaluate(timeline);
    if (!outcome) return;
    const { reached, stepTimes } = outcome;
    const open = outcome.open && closesAt > this.plan.dataThrough;
    const step = this.report.breakdown === undefined ? 0 : attributedStep(this.report, reached);
    const value =
      step > 0 ? this.#values.of(valueAt(this.#evaluator.valueEventOf(timeline, outcome, step)) ?? NONE) : -1;
    this.#tally.add({ reached, stepTimes, open, value });
    if (!isListed(this.report, reached, open)) return;
    const isConverted = reached === this.report.steps.length;
    const reason = isConverted ? {} : { reason: this.#evaluator.reasonOf(timeline, outcome, open) };
    this.#candidates.push({ value, user: { ...name(), reachedStep: reached, ...reason } });
  }

  /** The figures of all units visited, and the list when the report asks for one. */
  finish(): FunnelData {
    const labels = this.report.steps.map(eventLabel);
    const figures: FunnelData = this.#tally.figures(labels);
    let shownAs: readonly string[] = [];
    if (this.report.breakdown !== undefined) {
      const breakdown = this.#tally.breakdown(labels, this.#values.names, this.report.limit);
      figures.breakdown = breakdown.values;
      shownAs = breakdown.shownAs;
    }
    const wanted = this.report.users?.value;
    const isWanted = ({ value }: Candidate): boolean => wanted === undefined || shownAs[value] === wanted;
    return this.report.users
      ? { ...figures, users: sortListed(this.#candidates.filter(isWanted).map(({ user }) => user)) }
      : figures;
  }
}
