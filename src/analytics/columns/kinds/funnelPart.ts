import type { TimeAxis } from '../../../shared/time/axisPoint';
import { FunnelPart, type FunnelPartResult } from '../../kernels/funnel/funnelPart';
import type { FunnelPlan } from '../../kernels/funnel/plan';
import { countSteps } from '../kernels/trend';
import { eventBits } from '../scan/bits';
import { rowValues } from '../scan/breakdown';
import type { ColumnData } from '../scan/fields';
import { maskCounted } from '../scan/rowMask';
import { firstRowOf, type Sessions } from '../table/sessions';
import { maskContext, personRef, sessionRef, type PartContext, type UnitRef } from './partContext';
import { TimelineFiller } from './timelineFiller';

export interface FunnelQuery {
  readonly plan: FunnelPlan;
  readonly axis: TimeAxis;
}

/** The units of a funnel: ranges of an order of rows, each with who it is and when it closes. */
interface Units {
  readonly count: number;
  /** Lays the rows of a unit out, in the units' order; says whether there is anything to follow. */
  readonly fill: (filler: TimelineFiller, unit: number) => boolean;
  readonly nameOf: (unit: number) => UnitRef;
  readonly closesAt: (unit: number) => number;
}

function peopleAsUnits(data: ColumnData): Units {
  const { start, people } = data.table.layout;
  return {
    count: people,
    fill: (filler, person) => filler.fill(start[person] as number, start[person + 1] as number),
    nameOf: (person) => personRef(data, person),
    closesAt: () => Infinity,
  };
}

function sessionsAsUnits(data: ColumnData, sessions: Sessions, gapMs: number): Units {
  const { count, first, events, apart, startedAt, durationMs } = sessions;
  const { sent, layout } = data.table;
  const { rows } = layout;
  return {
    count,
    fill: (filler, session) => {
      const place = first[session] as number;
      const end = place + (events[session] as number);
      return place < rows ? filler.fill(place, end) : filler.fillListed(apart, place - rows, end - rows);
    },
    nameOf: (session) => sessionRef(data, sessions, session),
    // A derived session takes no event that comes later than the gap; one with an id always may.
    closesAt: (session) =>
      sent[firstRowOf(sessions, session, rows)] === 0
        ? (startedAt[session] as number) + (durationMs[session] as number) + gapMs
        : Infinity,
  };
}

/** The funnel of a part: the same kernel as everywhere, fed person by person. @throws NotAColumn */
export function funnelPart(
  context: PartContext<'funnel'>,
  { plan, axis }: FunnelQuery,
): FunnelPartResult<UnitRef> {
  const { report, range, data, sessionGapMs } = context;
  const { table } = data;
  const tests = maskContext(context);
  const steps = eventBits(tests, report.steps);
  // Nothing but the first step opens an attempt, unless steps come in any order.
  const openers = plan.order === 'any' ? -1 : 1;
  const filler = new TimelineFiller({
    at: table.at,
    steps,
    exclusions:
      report.exclusions.length === 0
        ? null
        : eventBits(
            tests,
            report.exclusions.map(({ event }) => event),
          ),
    passes: maskCounted(tests, report.filters),
    from: range.from,
    openers,
    everyEvent: report.order === 'strict',
  });
  const values = report.breakdown === undefined ? null : rowValues(data, report.breakdown);
  const part = new FunnelPart<UnitRef>(report, plan, axis);
  part.addCounted(
    countSteps(
      {
        rows: filler.picked,
        keys: steps.keys,
        points: table.points(axis, range.from, range.to),
        pointCount: axis.starts.length,
      },
      steps.bitsOf,
      plan.stepCount,
    ),
  );
  const units =
    report.countBy === 'sessions'
      ? sessionsAsUnits(data, table.sessions(sessionGapMs), sessionGapMs)
      : peopleAsUnits(data);
  const { timeline } = filler;
  let unit = 0;
  const entering = {
    timeline,
    valueAt: (event: number): number =>
      values === null ? -1 : (values.ofRow[filler.rows[event] as number] as number),
    name: (): UnitRef => units.nameOf(unit),
    closesAt: Infinity,
  };
  for (; unit < units.count; unit++) {
    if (!units.fill(filler, unit)) continue;
    entering.closesAt = units.closesAt(unit);
    part.enter(entering);
  }
  return part.finish(values?.names ?? []);
}
