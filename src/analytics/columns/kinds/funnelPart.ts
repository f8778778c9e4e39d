import type { TimeAxis } from '../../../shared/time/axisPoint';
import { FunnelPart, type FunnelPartResult } from '../../kernels/funnel/funnelPart';
import type { FunnelPlan } from '../../kernels/funnel/plan';
import { countByValue, stepsOfValues } from '../kernels/countCells';
import { countSteps } from '../kernels/countSteps';
import { isFollowedByRows, RowFollower } from '../kernels/followRows';
import { stepSlots, type StepSlots } from '../kernels/stepSlots';
import { misorderedInstants } from '../kernels/tiedRows';
import { eventBits, type EventBits } from '../scan/bits';
import { rowValues, type RowValues } from '../scan/breakdown';
import { maskCounted, type RowMask } from '../scan/rowMask';
import { peopleAsUnits, sessionsAsUnits, type FunnelUnits } from './funnelUnits';
import { maskContext, type PartContext, type UnitRef } from './partContext';
import { TimelineFiller } from './timelineFiller';

export interface FunnelQuery {
  readonly plan: FunnelPlan;
  readonly axis: TimeAxis;
}

/** What a part's units are followed with. */
interface FunnelScan extends FunnelQuery {
  readonly context: PartContext<'funnel'>;
  readonly part: FunnelPart<UnitRef>;
  readonly steps: EventBits;
  readonly passes: RowMask | null;
  readonly values: RowValues | null;
  readonly units: FunnelUnits;
}

/** The funnel of a part. @throws NotAColumn */
export function funnelPart(
  context: PartContext<'funnel'>,
  { plan, axis }: FunnelQuery,
): FunnelPartResult<UnitRef> {
  const { report, data, sessionGapMs } = context;
  const tests = maskContext(context);
  const part = new FunnelPart<UnitRef>(report, plan, axis);
  const scan: FunnelScan = {
    context,
    plan,
    axis,
    part,
    steps: eventBits(tests, report.steps),
    passes: maskCounted(tests, report.filters),
    values: report.breakdown === undefined ? null : rowValues(data, report.breakdown),
    units:
      report.countBy === 'sessions'
        ? sessionsAsUnits(data, data.table.sessions(sessionGapMs), sessionGapMs)
        : peopleAsUnits(data),
  };
  // Who is listed is told why they dropped out, which takes more than the attempt.
  const slots =
    isFollowedByRows(plan) && report.users === undefined ? stepSlots(scan.steps, scan.passes) : null;
  if (slots) followRows(scan, slots);
  else layOutUnits(scan);
  return part.finish(scan.values?.names ?? []);
}

/** Follows the attempts of the usual funnels straight from the rows. */
function followRows(scan: FunnelScan, slots: StepSlots): void {
  const { context, plan, axis, part, values, units } = scan;
  const { range, data } = context;
  const { table } = data;
  const { rows } = table.layout;
  const { count, first, lengths } = units;
  const pointCount = axis.starts.length;
  const points = table.points(axis, range.from, range.to);
  const counts = slots.isByType
    ? table.typeCounts(axis, range.from, range.to)
    : countByValue({ rows, mask: null, points, values: slots.keys }, slots.slotOf.length, pointCount);
  part.addCounted(stepsOfValues(counts, slots.slotOf, pointCount, plan.stepCount));
  const { at } = table;
  const isInside = table.span.first >= plan.from && table.span.last < plan.to;
  const follower = new RowFollower(plan, at, slots, misorderedInstants(table.tied(), slots), isInside);
  const stepTypes = lengths === null ? typesOfSteps(scan.steps, plan.stepCount) : null;
  const types = stepTypes && table.typesOfPeople();
  const { stepRows } = follower;
  const stepTimes = new Float64Array(plan.stepCount);
  const valueStep = Int32Array.from({ length: plan.stepCount + 1 }, (_, reached) =>
    reached === 0 ? 0 : part.stepOfValue(reached),
  );
  let apart: UnitEntry | null = null;
  for (let unit = 0; unit < count; unit++) {
    const begin = first[unit] as number;
    if (begin >= rows) {
      apart ??= new UnitEntry(scan);
      apart.enter(unit);
      continue;
    }
    const end = lengths === null ? (first[unit + 1] as number) : begin + (lengths[unit] as number);
    let most = plan.stepCount;
    if (types !== null && stepTypes !== null) {
      const own = types[unit] as number;
      most = 0;
      while (most < plan.stepCount && (own & (stepTypes[most] as number)) !== 0) most++;
      if (most === 0) continue;
    }
    const reached = follower.follow(begin, end, most);
    if (reached === 0) continue;
    for (let step = 0; step < reached; step++) stepTimes[step] = at[stepRows[step] as number] as number;
    const step = valueStep[reached] as number;
    const value = values === null || step === 0 ? -1 : (values.ofRow[stepRows[step - 1] as number] as number);
    const isOpen = follower.isOpen && units.closesAt(unit) > plan.dataThrough;
    part.enterFollowed(reached, stepTimes, isOpen, value, points[stepRows[0] as number] as number);
  }
}

/** The types of each step's events as bits of `typesOfPeople`; null where types alone don't make a step. */
function typesOfSteps({ bitsOf, isByType }: EventBits, stepCount: number): Int32Array | null {
  if (!isByType) return null;
  const types = new Int32Array(stepCount);
  for (let code = 0; code < bitsOf.length; code++) {
    for (let step = 0; step < stepCount; step++) {
      if ((((bitsOf[code] as number) >> step) & 1) === 1) types[step] = (types[step] as number) | (1 << code);
    }
  }
  return types;
}

/** Lays each unit out for the kernel that follows any funnel. */
function layOutUnits(scan: FunnelScan): void {
  const { context, plan, axis, part, steps, units } = scan;
  const { range, data } = context;
  const entry = new UnitEntry(scan);
  part.addCounted(
    countSteps(
      {
        rows: entry.picked,
        keys: steps.keys,
        points: data.table.points(axis, range.from, range.to),
        pointCount: axis.starts.length,
      },
      steps.bitsOf,
      plan.stepCount,
    ),
  );
  for (let unit = 0; unit < units.count; unit++) entry.enter(unit);
}

/** Enters units whose rows are laid out first, in the order of the units. */
class UnitEntry {
  readonly #scan: FunnelScan;
  readonly #filler: TimelineFiller;
  readonly #entering;
  #unit = 0;

  constructor(scan: FunnelScan) {
    const { context, plan, steps, passes, values, units } = scan;
    const { report, range, data } = context;
    const { exclusions } = report;
    const filler = new TimelineFiller({
      at: data.table.at,
      steps,
      exclusions:
        exclusions.length === 0
          ? null
          : eventBits(
              maskContext(context),
              exclusions.map(({ event }) => event),
            ),
      passes,
      from: range.from,
      // Nothing but the first step opens an attempt, unless steps come in any order.
      openers: plan.order === 'any' ? -1 : 1,
      everyEvent: report.order === 'strict',
    });
    this.#scan = scan;
    this.#filler = filler;
    this.#entering = {
      timeline: filler.timeline,
      valueAt: (event: number): number =>
        values === null ? -1 : (values.ofRow[filler.rows[event] as number] as number),
      name: (): UnitRef => units.nameOf(this.#unit),
      closesAt: Infinity,
    };
  }

  /** The rows that match a step or an exclusion. */
  get picked(): Uint32Array {
    return this.#filler.picked;
  }

  enter(unit: number): void {
    const { units, part, context } = this.#scan;
    const { rows } = context.data.table.layout;
    const first = units.first[unit] as number;
    const end =
      units.lengths === null ? (units.first[unit + 1] as number) : first + (units.lengths[unit] as number);
    const isFilled =
      first < rows
        ? this.#filler.fill(first, end)
        : this.#filler.fillListed(units.apart, first - rows, end - rows);
    if (!isFilled) return;
    this.#unit = unit;
    this.#entering.closesAt = units.closesAt(unit);
    part.enter(this.#entering);
  }
}
