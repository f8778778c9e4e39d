import type { ListedUser } from '../../../shared/reports/result';
import { pointOf } from '../../../shared/time/axisPoint';
import { Ordinals } from '../../kernels/growing';
import { sessionName, type SessionFigures } from '../../kernels/sessions/split';
import { countUniques, countUniquesByValue, Marks, unitsBehind } from '../../kernels/trend/uniques';
import { idText } from '../../mapping/storedText';
import { gatherSessions } from '../sessions/gatherSessions';
import { sliceRange } from '../slices';
import { readUserPoints } from '../userPoints';
import type { TrendFigures } from './assemble';
import { nameOfValue, selectPeriod, type TrendPeriod } from './period';

interface GatheredMarks {
  readonly marks: Marks;
  readonly names: Ordinals;
  readonly listed: (unit: number) => ListedUser;
}

async function markUsers(period: TrendPeriod): Promise<GatheredMarks> {
  const { context, axis, compiled, value } = period;
  const { identities } = context;
  let marks = new Marks();
  const names = new Ordinals();
  const users = new Ordinals();
  await readUserPoints(context, {
    axis,
    value,
    slices: sliceRange(context, period.range),
    stagesOf: (slice) => selectPeriod(period, true, { slice, covered: true }),
    hint: period.covering?.hint,
    purpose: 'users by time',
    take: (rawUser, point, stored) => {
      const id = idText(rawUser);
      if (id === null) return;
      const canonical = identities.canonicalOf(id);
      if (!compiled.filters.acceptsUser(canonical)) return;
      marks.add(users.of(canonical), names.of(nameOfValue(period, stored, canonical)), point);
    },
    onRestart: () => (marks = new Marks()),
  });
  return { marks, names, listed: (unit) => ({ userId: users.names[unit] ?? '' }) };
}

async function markSessions(period: TrendPeriod): Promise<GatheredMarks> {
  const { context, axis, range, compiled, event, value, valueLookups, valueOfUser } = period;
  const sessions = await gatherSessions(context, {
    range,
    compiled,
    event,
    value,
    valueLookups,
    startsOnly: true,
  });
  const marks = new Marks();
  const names = new Ordinals();
  sessions.forEach((session, unit) => {
    const point = pointOf(axis, session.start);
    const values = valueOfUser || !session.values ? [undefined] : session.values;
    for (const name of values) {
      marks.add(unit, names.of(name ?? nameOfValue(period, null, session.userId)), point);
    }
  });
  return {
    marks,
    names,
    listed: (unit) => {
      const session = sessions[unit] as SessionFigures;
      return { userId: session.userId, sessionId: sessionName(session) };
    },
  };
}

/** Counts distinct users or sessions by value and point. */
export async function gatherUniques(
  period: TrendPeriod,
  measure: 'users' | 'sessions',
): Promise<TrendFigures> {
  const { marks, names, listed } = await (measure === 'users' ? markUsers(period) : markSessions(period));
  const points = period.axis.starts.length;
  return {
    names: names.names,
    rankingTotals: () => countUniquesByValue(marks, names.size),
    bySeries: (seriesOf, seriesCount) => countUniques(marks, seriesOf, seriesCount, points),
    listUnits: (seriesOf, wanted) => unitsBehind(marks, seriesOf, wanted).map(listed),
  };
}
