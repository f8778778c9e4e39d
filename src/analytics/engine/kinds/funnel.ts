import { createAxis } from '../../../shared/time/axis';
import type { Timeline } from '../../kernels/funnel/plan';
import { Ordinals } from '../../kernels/growing';
import { NONE } from '../../kernels/series';
import { valueText } from '../../mapping/storedText';
import { buildFunnel, type FunnelRows } from '../../pipeline/funnel';
import { compileReport, type KindAnswer, type RunContext } from '../context';
import { findCovering } from '../covering';
import { FunnelCollector } from '../funnel/collectFunnel';
import { gatherDerivedSessions } from '../gather/derivedSessions';
import { gatherUnits } from '../gather/gatherUnits';
import type { UnitEvents } from '../gather/unitEvents';
import { loadUserValues } from '../userValues';

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

/** Runs a funnel: gathers the events of each unit, follows its attempts, adds up. */
export async function runFunnel(context: RunContext<'funnel'>): Promise<KindAnswer<'funnel'>> {
  const { report, range, dataThrough } = context;
  const compiled = await compileReport(context, range);
  const { predicates, filters } = compiled;
  const gather = buildFunnel(report, range, dataThrough, predicates, filters);
  const userField = report.breakdown?.startsWith('user.')
    ? report.breakdown.slice('user.'.length)
    : undefined;
  const valueOfUser =
    userField === undefined ? undefined : await loadUserValues(context.run, context.identities, userField);
  const values = new Ordinals();
  const collector = new FunnelCollector(report, gather.plan, createAxis(range, report.interval, dataThrough));
  const visit = (unit: UnitEvents, timeline: Timeline, closesAt: number): void =>
    collector.visit({
      timeline,
      closesAt,
      valueAt: (event) =>
        values.of((valueOfUser ? valueOfUser(unit.userId) : valueText(unit.values?.[event])) ?? NONE),
      name: () => ({
        userId: unit.userId,
        ...(unit.sessionId == null ? {} : { sessionId: unit.sessionId }),
      }),
    });

  const { units, derived } = gather;
  const { acceptsUser: accepts } = filters;
  if (units) {
    const covering =
      filters.usersMatch.length > 0
        ? undefined
        : await findCovering(context, compiled, {
            event: gather.event,
            breakdown: report.breakdown,
            sessions: units.rows.unit === 'session',
          });
    const timelines = new TimelineBuilder(units);
    await gatherUnits(context, units.rows, {
      accepts,
      visit: (unit) => visit(unit, timelines.build(unit), Infinity),
      purpose: `events of the funnel by ${units.rows.unit}`,
      hint: covering?.hint,
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
  return { data: collector.finish(values.names) };
}
