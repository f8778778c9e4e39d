import type { TimeAxis } from '../../../shared/time/axisPoint';
import { FunnelPart, type FunnelPartResult } from '../../kernels/funnel/funnelPart';
import type { FunnelPlan } from '../../kernels/funnel/plan';
import { countByValue, stepsOfValues } from '../kernels/countCells';
import { countSteps } from '../kernels/countSteps';
import { isFollowedByRows } from '../kernels/followRows';
import { followUnits } from '../kernels/followUnits';
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
  const { context, plan, part, values, units } = scan;
  const { table } = context.data;
  const { rows } = table.layout;
  const { count, first, lengths } = units;
  part.addCounted(countedSteps(scan, slots));
  const valueStep = Int32Array.from({ length: plan.stepCount + 1 }, (_, reached) =>
    reached === 0 ? 0 : part.stepOfValue(reached),
  );
  const valueOfPerson = lengths === null ? (values?.ofPeople() ?? null) : null;
  followUnits(
    {
      plan,
      at: table.at,
      slots,
      instants: misorderedInstants(table.tied(), slots),
      isInside: table.span.first >= plan.from && table.span.last < plan.to,
    },
    {
      count,
      first,
      lengths,
      // Those whose rows are no neighbours are entered on their own.
      most:
        (lengths === null ? stepsOfPeople(scan) : null) ??
        Uint8Array.from(first, (row) => (row < rows ? plan.stepCount : 0)),
    },
    ({ unit, reached, isOpen, rows: stepRows, times, place }) => {
      const step = valueStep[reached] as number;
      let value = -1;
      if (values !== null && step !== 0) {
        value = valueOfPerson === null ? -1 : (valueOfPerson[unit] as number);
        if (value < 0) value = values.ofRow[stepRows[place + step - 1] as number] as number;
      }
      part.enterFollowed(reached, times, place, isOpen && units.closesAt(unit) > plan.dataThrough, value);
    },
  );
  if (units.apart.length === 0) return;
  const entry = new UnitEntry(scan);
  for (let unit = 0; unit < count; unit++) {
    if ((first[unit] as number) >= rows) entry.enter(unit);
  }
}

/** Events of each step at each point. */
function countedSteps({ context, plan, axis }: FunnelScan, slots: StepSlots): Float64Array {
  const { range, data } = context;
  const { table } = data;
  const pointCount = axis.starts.length;
  const count = (): Uint32Array => {
    const points = table.points(axis, range.from, range.to);
    const scan = { rows: table.layout.rows, mask: null, points, values: slots.keys };
    return countByValue(scan, slots.slotOf.length, pointCount);
  };
  const counts = slots.isByType ? table.typeCounts(axis, range.from, range.to) : count();
  return stepsOfValues(counts, slots.slotOf, pointCount, plan.stepCount);
}

/** Sets of so few types are looked up. */
const FEW_TYPES = 12;

/** How many steps, from the first one, have events of each person; null where types alone don't make a step. */
function stepsOfPeople({ context, plan, steps }: FunnelScan): Uint8Array | null {
  const stepTypes = typesOfSteps(steps, plan.stepCount);
  if (stepTypes === null) return null;
  const stepsOf = (types: number): number => {
    let step = 0;
    while (step < stepTypes.length && (types & (stepTypes[step] as number)) !== 0) step++;
    return step;
  };
  const types = context.data.table.typesOfPeople();
  const most = new Uint8Array(types.length);
  if (steps.bitsOf.length > FEW_TYPES) {
    for (let person = 0; person < types.length; person++) most[person] = stepsOf(types[person] as number);
    return most;
  }
  const known = new Uint8Array(1 << steps.bitsOf.length);
  for (let set = 0; set < known.length; set++) known[set] = stepsOf(set);
  for (let person = 0; person < types.length; person++) {
    most[person] = known[types[person] as number] as number;
  }
  return most;
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
