import { createAxis } from '../../../shared/time/axis';
import type { KindAnswer } from '../../engine/context';
import { FunnelCollector } from '../../engine/funnel/collectFunnel';
import type { Timeline } from '../../kernels/funnel/plan';
import { planFunnel } from '../../pipeline/funnel';
import { combineMasks } from '../scan/bits';
import { rowValues } from '../scan/breakdown';
import { maskEvent, maskFilters } from '../scan/rowMask';
import type { Sessions } from '../table/sessions';
import { maskContext, personId, sessionId, type ColumnContext } from './context';

/** Rows of one unit, laid out as the kernel reads them; the arrays are reused. */
class TimelineFiller {
  readonly timeline: Timeline;
  /** Row of each event of the timeline. */
  rows = new Int32Array(1024);

  constructor(
    private readonly at: Float64Array,
    private readonly steps: Int32Array,
    private readonly exclusions: Int32Array | null,
  ) {
    this.timeline = {
      length: 0,
      times: new Float64Array(1024),
      steps: new Int32Array(1024),
      exclusions: null,
      values: null,
    };
    if (exclusions) this.timeline.exclusions = new Int32Array(1024);
  }

  clear(): void {
    this.timeline.length = 0;
  }

  add(row: number): void {
    const { timeline } = this;
    const index = timeline.length;
    if (index === this.rows.length) this.#grow();
    this.rows[index] = row;
    timeline.times[index] = this.at[row] as number;
    timeline.steps[index] = this.steps[row] as number;
    if (timeline.exclusions && this.exclusions) timeline.exclusions[index] = this.exclusions[row] as number;
    timeline.length = index + 1;
  }

  #grow(): void {
    const size = 2 * this.rows.length;
    const grown = <T extends Int32Array | Float64Array>(to: T, from: T): T => {
      to.set(from);
      return to;
    };
    const { timeline } = this;
    this.rows = grown(new Int32Array(size), this.rows);
    timeline.times = grown(new Float64Array(size), timeline.times);
    timeline.steps = grown(new Int32Array(size), timeline.steps);
    if (timeline.exclusions) timeline.exclusions = grown(new Int32Array(size), timeline.exclusions);
  }
}

/** The units of a funnel: ranges of an order of rows, each with who it is and when it closes. */
interface Units {
  readonly count: number;
  readonly endOf: (unit: number) => number;
  readonly rowAt: (index: number) => number;
  readonly nameOf: (unit: number) => { userId: string; sessionId?: string };
  readonly closesAt: (unit: number) => number;
}

function peopleAsUnits({ data }: ColumnContext<'funnel'>): Units {
  const { start, people } = data.table.layout;
  return {
    count: people,
    endOf: (person) => start[person + 1] as number,
    rowAt: (index) => index,
    nameOf: (person) => ({ userId: personId(data, person) }),
    closesAt: () => Infinity,
  };
}

function sessionsAsUnits({ data, sessionGapMs }: ColumnContext<'funnel'>, sessions: Sessions): Units {
  const ends = new Uint32Array(sessions.count);
  let end = 0;
  for (let session = 0; session < sessions.count; session++) {
    end += sessions.events[session] as number;
    ends[session] = end;
  }
  const order = sessions.rowsInOrder;
  return {
    count: sessions.count,
    endOf: (session) => ends[session] as number,
    rowAt: (index) => (order === null ? index : (order[index] as number)),
    nameOf: (session) => ({
      userId: personId(data, sessions.person[session] as number),
      sessionId: sessionId(data, sessions, session),
    }),
    // A derived session takes no event that comes later than the gap; one with an id always may.
    closesAt: (session) =>
      sessions.sentId[session] === 0 ? (sessions.endedAt[session] as number) + sessionGapMs : Infinity,
  };
}

/** A funnel from columns: the same kernel as everywhere, fed person by person. @throws NotAColumn */
export function runFunnel(context: ColumnContext<'funnel'>): KindAnswer<'funnel'> {
  const { report, range, data, dataThrough, sessionGapMs } = context;
  const { table } = data;
  const { rows } = table.layout;
  const tests = maskContext(context);
  const plan = planFunnel(report, range, dataThrough);
  const passes = maskFilters(tests, report.filters);
  const steps = combineMasks(
    rows,
    report.steps.map((step) => maskEvent(tests, step)),
  );
  const exclusions =
    report.exclusions.length === 0
      ? null
      : combineMasks(
          rows,
          report.exclusions.map(({ event }) => maskEvent(tests, event)),
        );
  const values = report.breakdown === undefined ? null : rowValues(data, report.breakdown);
  const filler = new TimelineFiller(table.at, steps, exclusions);
  const collector = new FunnelCollector(report, plan, createAxis(range, report.interval, dataThrough));
  const units =
    report.countBy === 'sessions'
      ? sessionsAsUnits(context, table.sessions(sessionGapMs))
      : peopleAsUnits(context);
  const everyEvent = report.order === 'strict';
  const { timeline } = filler;
  const valueAt = (event: number): string | null =>
    values === null ? null : (values.names[values.ofRow[filler.rows[event] as number] as number] ?? null);
  let index = 0;
  for (let unit = 0; unit < units.count; unit++) {
    filler.clear();
    const end = units.endOf(unit);
    for (; index < end; index++) {
      const row = units.rowAt(index);
      // Events before the range can open nothing, and those after an opening all lie in it or later.
      if ((table.at[row] as number) < range.from || (passes !== null && passes[row] === 0)) continue;
      if (everyEvent || steps[row] !== 0 || (exclusions !== null && exclusions[row] !== 0)) filler.add(row);
    }
    if (timeline.length === 0) continue;
    collector.visit({ timeline, valueAt, name: () => units.nameOf(unit), closesAt: units.closesAt(unit) });
  }
  return { data: collector.finish() };
}
