import { NONE } from '../../kernels/series';
import { valueText } from '../../mapping/storedText';
import { buildPaths, type PathsRows } from '../../pipeline/paths';
import { compileReport, type KindAnswer, type RunContext } from '../context';
import { gatherDerivedSessions } from '../gather/derivedSessions';
import { gatherUnits } from '../gather/gatherUnits';
import type { UnitEvents } from '../gather/unitEvents';
import { PathsCollector } from '../paths/collectPaths';
import { gatherSessions } from '../sessions/gatherSessions';

/** Lays a unit's events out as names and marks. */
class UnitReader {
  #names = new Int32Array(1024);
  #marks = new Uint8Array(1024);

  constructor(
    private readonly rows: PathsRows,
    private readonly collector: PathsCollector,
  ) {}

  visit(unit: UnitEvents): void {
    const { length } = unit;
    if (this.#names.length < length) {
      this.#names = new Int32Array(2 * length);
      this.#marks = new Uint8Array(2 * length);
    }
    for (let i = 0; i < length; i += 1) {
      this.#names[i] = this.collector.codeOf(valueText(unit.values?.[i]) ?? NONE);
      this.#marks[i] = this.rows.markOf(unit.classes[i] as number);
    }
    this.collector.visit(unit, this.#names, this.#marks, length);
  }
}

/** Runs a paths report: gathers each unit's events in order and adds up which names follow each other. */
export async function runPaths(context: RunContext<'paths'>): Promise<KindAnswer<'paths'>> {
  const { report, range } = context;
  const compiled = await compileReport(context, range);
  const { predicates, filters } = compiled;
  const { acceptsUser: accepts } = filters;
  const keyOf = (userId: string, sessionId: string | null): string => `${sessionId ?? ''}\0${userId}`;
  // A stored session counts when it starts in the range, whenever it ends.
  const stored = new Set<string>();
  let end = range.to;
  if (report.unit === 'session') {
    for (const session of await gatherSessions(context, { range, compiled })) {
      if (session.sessionId === null) continue;
      stored.add(keyOf(session.userId, session.sessionId));
      end = Math.max(end, session.end + 1);
    }
  }
  const { plan, units, derived } = buildPaths(report, range, end, predicates, filters);
  const collector = new PathsCollector(report, plan);
  if (units) {
    const reader = new UnitReader(units, collector);
    await gatherUnits(context, units.rows, {
      accepts,
      purpose: `events in order by ${units.rows.unit}`,
      visit: (unit) => {
        const isCounted = unit.sessionId === undefined || stored.has(keyOf(unit.userId, unit.sessionId));
        if (isCounted) reader.visit(unit);
      },
    });
  }
  if (derived) {
    const reader = new UnitReader(derived, collector);
    await gatherDerivedSessions(context, derived.rows, {
      accepts,
      isSelected: derived.isSelected,
      purpose: 'events in order without a session id, by user',
      visit: (session) => {
        if (session.startedAt >= range.from && session.startedAt < range.to) reader.visit(session);
      },
    });
  }
  return { data: collector.finish() };
}
