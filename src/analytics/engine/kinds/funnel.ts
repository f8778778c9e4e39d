import type { ReportOf } from '../../../shared/reports/report';
import type { FunnelData, ListedUser } from '../../../shared/reports/result';
import { eventLabel } from '../../../shared/reports/eventLabel';
import { createAxis } from '../../../shared/time/axis';
import { FunnelEvaluator } from '../../kernels/funnel/evaluateUnit';
import { FunnelTally } from '../../kernels/funnel/funnelTally';
import type { Timeline } from '../../kernels/funnel/plan';
import { valueText } from '../../mapping/storedText';
import { buildFunnel, type FunnelRows } from '../../pipeline/funnel';
import { compileReport, type KindAnswer, type RunContext } from '../context';
import { gatherDerivedSessions } from '../gather/derivedSessions';
import { gatherUnits } from '../gather/gatherUnits';
import type { UnitEvents } from '../gather/unitEvents';
import { sortListed } from '../lists';
import { loadUserValues } from '../userValues';

export const NO_VALUE = '(none)';

/** A listed unit before it is known which values are folded into "(other)". */
interface Candidate {
  readonly user: ListedUser;
  readonly value: number;
}

/** Codes for breakdown values, in order of appearance. */
class ValueCodes {
  readonly names: string[] = [];
  readonly #codes = new Map<string, number>();

  codeOf(name: string): number {
    const known = this.#codes.get(name);
    if (known !== undefined) return known;
    this.#codes.set(name, this.names.length);
    this.names.push(name);
    return this.names.length - 1;
  }
}

/** Lays a unit's events out as the kernel reads them. */
class TimelineBuilder {
  readonly #timeline: Timeline;
  #steps = new Int32Array(1024);
  #exclusions: Int32Array | null;

  constructor(private readonly rows: FunnelRows) {
    this.#exclusions = rows.exclusions ? new Int32Array(1024) : null;
    this.#timeline = {
      length: 0,
      times: new Float64Array(0),
      steps: this.#steps,
      exclusions: null,
      values: null,
    };
  }

  build(unit: UnitEvents): Timeline {
    const { steps, exclusions } = this.rows;
    const { length } = unit;
    if (this.#steps.length < length) {
      this.#steps = new Int32Array(2 * length);
      if (this.#exclusions) this.#exclusions = new Int32Array(2 * length);
    }
    const stepMasks = this.#steps;
    for (let i = 0; i < length; i += 1) stepMasks[i] = steps.maskOf(unit.classes[i] as number);
    if (exclusions && this.#exclusions) {
      for (let i = 0; i < length; i += 1) {
        this.#exclusions[i] = exclusions.maskOf(unit.classes[i] as number);
      }
    }
    const timeline = this.#timeline;
    timeline.length = length;
    timeline.times = unit.times;
    timeline.steps = stepMasks;
    timeline.exclusions = this.#exclusions;
    return timeline;
  }
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

/** Runs a funnel: gathers the events of each unit, follows its attempts, adds up. */
export async function runFunnel(context: RunContext<'funnel'>): Promise<KindAnswer<'funnel'>> {
  const { report, range, dataThrough } = context;
  const { predicates, filters } = await compileReport(context, range);
  const gather = buildFunnel(report, range, dataThrough, predicates, filters);
  const userField = report.breakdown?.startsWith('user.')
    ? report.breakdown.slice('user.'.length)
    : undefined;
  const valueOfUser =
    userField === undefined ? undefined : await loadUserValues(context.run, context.identities, userField);
  const evaluator = new FunnelEvaluator(gather.plan);
  const tally = new FunnelTally(gather.plan, createAxis(range, report.interval, dataThrough));
  const codes = new ValueCodes();
  const candidates: Candidate[] = [];

  /** @param closesAt when the unit takes no more events, ms */
  const visit = (unit: UnitEvents, timeline: Timeline, closesAt: number): void => {
    tally.addEvents(timeline);
    const outcome = evaluator.evaluate(timeline);
    if (!outcome) return;
    const { reached, stepTimes } = outcome;
    const open = outcome.open && closesAt > gather.plan.dataThrough;
    let value = -1;
    if (report.breakdown !== undefined) {
      const step = attributedStep(report, reached);
      if (step > 0) {
        const text = valueOfUser
          ? valueOfUser(unit.userId)
          : valueText(unit.values?.[evaluator.valueEventOf(timeline, outcome, step)]);
        value = codes.codeOf(text ?? NO_VALUE);
      }
    }
    tally.add({ reached, stepTimes, open, value });
    if (!isListed(report, reached, open)) return;
    candidates.push({
      value,
      user: {
        userId: unit.userId,
        ...(unit.sessionId == null ? {} : { sessionId: unit.sessionId }),
        reachedStep: reached,
        ...(reached === report.steps.length ? {} : { reason: evaluator.reasonOf(timeline, outcome, open) }),
      },
    });
  };

  const { units, derived } = gather;
  const { acceptsUser: accepts } = filters;
  if (units) {
    const timelines = new TimelineBuilder(units);
    await gatherUnits(context, units.rows, {
      accepts,
      visit: (unit) => visit(unit, timelines.build(unit), Infinity),
      purpose: `events of the funnel by ${units.rows.unit}`,
    });
  }
  if (derived) {
    const timelines = new TimelineBuilder(derived);
    await gatherDerivedSessions(context, derived.rows, {
      accepts,
      isSelected: derived.isSelected,
      visit: (session) => visit(session, timelines.build(session), session.endedAt + context.sessionGapMs),
      purpose: 'events of the funnel without a session id, by user',
    });
  }

  const labels = report.steps.map(eventLabel);
  const figures: FunnelData = tally.figures(labels);
  let shownAs: readonly string[] = [];
  if (report.breakdown !== undefined) {
    const breakdown = tally.breakdown(labels, codes.names, report.limit);
    figures.breakdown = breakdown.values;
    shownAs = breakdown.shownAs;
  }
  if (report.users) {
    const wanted = report.users.value;
    const isWanted = ({ value }: Candidate): boolean => wanted === undefined || shownAs[value] === wanted;
    figures.users = sortListed(candidates.filter(isWanted).map(({ user }) => user));
  }
  return { data: figures };
}
