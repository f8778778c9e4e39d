import { PathsTally, type KeptNames, type NameCount, type PathCounts } from '../../kernels/paths/pathsTally';
import { ENDS, HIDDEN, STARTS, walkUnit, type WalkPlan } from '../../kernels/paths/walk';
import { NONE } from '../../kernels/series';
import { eventBits } from '../scan/bits';
import { fieldVector } from '../scan/fields';
import { maskEvent, maskCounted, type RowMask } from '../scan/rowMask';
import type { Sessions } from '../table/sessions';
import { maskContext, personRef, sessionRef, type PartContext, type UnitRef } from './partContext';

export interface PathsQuery {
  readonly plan: WalkPlan;
  /** What stays at each position; null: how often each name stands there is asked for. */
  readonly kept: KeptNames | null;
}

export interface PathsPart {
  readonly units: number;
  /** When nothing is folded yet. */
  readonly names: readonly (readonly NameCount[])[];
  /** When it is. */
  readonly counts: PathCounts | null;
  readonly listed: readonly UnitRef[];
}

/** Everything walked in a part. */
interface Walks {
  readonly tally: PathsTally;
  readonly names: readonly string[];
  /** Person, or session, of each unit. */
  readonly units: readonly number[];
  readonly sessions: Sessions | null;
}

/** What each row is to the report, as marks of `walkUnit`. */
function markRows(context: PartContext<'paths'>): { keys: ArrayLike<number>; markOf: Uint8Array } {
  const { report, data } = context;
  const tests = maskContext(context);
  const marked = [
    ...(report.start === undefined ? [] : [{ event: report.start, mark: STARTS }]),
    ...(report.end === undefined ? [] : [{ event: report.end, mark: ENDS }]),
    ...report.hide.map((event) => ({ event, mark: HIDDEN })),
  ];
  if (marked.length <= 31) {
    const { keys, bitsOf } = eventBits(
      tests,
      marked.map(({ event }) => event),
    );
    const markOf = Uint8Array.from(bitsOf, (bits) =>
      marked.reduce((all, { mark }, bit) => (((bits >>> bit) & 1) === 1 ? all | mark : all), 0),
    );
    return { keys, markOf };
  }
  const marks = new Uint8Array(data.table.layout.rows);
  for (const { event, mark } of marked) {
    const mask: RowMask | null = maskEvent(tests, event);
    for (let row = 0; row < marks.length; row++) {
      if (mask === null || mask[row] === 1) marks[row] = (marks[row] as number) | mark;
    }
  }
  return { keys: marks, markOf: Uint8Array.from({ length: 8 }, (_, mark) => mark) };
}

function walkAll(context: PartContext<'paths'>, plan: WalkPlan): Walks {
  const { report, data, range, sessionGapMs } = context;
  const { table } = data;
  const { at, layout } = table;
  const vector = fieldVector(data, report.by === 'event' ? 'eventType' : 'page.path');
  if (vector.kind !== 'codes') throw new Error('Names of paths are texts.');
  const names = vector.values.map((value) => (typeof value === 'string' ? value : NONE));
  const { codes } = vector;
  const passes = maskCounted(maskContext(context), report.filters);
  const { keys, markOf } = markRows(context);
  const sessions = report.unit === 'session' ? table.sessions(sessionGapMs) : null;
  const count = sessions?.count ?? layout.people;
  const tally = new PathsTally(plan.steps, { units: count, names: names.length });
  const units: number[] = [];
  let ownNames = new Int32Array(1024);
  let ownMarks = new Uint8Array(1024);
  for (let unit = 0; unit < count; unit++) {
    if (sessions) {
      const startedAt = sessions.startedAt.of(unit);
      if (startedAt < range.from || startedAt >= range.to) continue;
    }
    let place = (sessions?.first ?? layout.start)[unit] as number;
    const apart = sessions !== null && place >= layout.rows ? sessions.apart : null;
    if (apart) place -= layout.rows;
    const end = sessions ? place + (sessions.events[unit] as number) : (layout.start[unit + 1] as number);
    if (ownNames.length < end - place) {
      ownNames = new Int32Array(2 * (end - place));
      ownMarks = new Uint8Array(2 * (end - place));
    }
    let length = 0;
    for (; place < end; place++) {
      const row = apart === null ? place : (apart[place] as number);
      if (passes !== null && passes[row] === 0) continue;
      // A session counts with all of its events, a person with those of the range.
      if (sessions === null && (at.of(row) < range.from || at.of(row) >= range.to)) continue;
      ownNames[length] = codes[row] as number;
      ownMarks[length++] = markOf[keys[row] as number] as number;
    }
    const walk = walkUnit(plan, ownNames, ownMarks, length);
    if (!walk) continue;
    tally.add(walk);
    if (report.users) units.push(unit);
  }
  return { tally, names, units, sessions };
}

/** The paths of a part: names at each position, or what they fold to. @throws NotAColumn */
export function pathsPart(context: PartContext<'paths'>, { plan, kept }: PathsQuery): PathsPart {
  const { report, data } = context;
  const { tally, names, units, sessions } = context.memo('walks', () => walkAll(context, plan));
  if (kept === null) return { units: tally.units, names: tally.nameCounts(names), counts: null, listed: [] };
  const behind = report.users ? tally.unitsBehind(names, kept, report.users) : [];
  return {
    units: tally.units,
    names: [],
    counts: tally.shownCounts(names, kept),
    listed: behind.map((index) => {
      const unit = units[index] as number;
      return sessions ? sessionRef(data, sessions, unit) : personRef(data, unit);
    }),
  };
}
