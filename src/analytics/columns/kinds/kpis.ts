import type { KpiFigures } from '../../../shared/reports/result';
import { addDays, bucketsBetween } from '../../../shared/time/calendar';
import { comparedRange, type ResolvedRange } from '../../../shared/time/range';
import type { KindAnswer } from '../../engine/context';
import { STICKINESS_DAYS } from '../../kernels/kpis/figures';
import { rankOf, rate, roundSum } from '../../kernels/numbers';
import { selectRank } from '../../kernels/rankSelect';
import { durationsOfBin, type Day } from '../kernels/kpis';
import type { KpisPart, KpisQuery } from './kpisPart';
import { listUnits, type Ask, type RunContext } from './runContext';

/** The local days that end with the range. */
function lastDays({ calendar, to }: ResolvedRange): Day[] {
  const from = addDays(calendar.timezone, to - 1, 1 - STICKINESS_DAYS);
  return bucketsBetween(calendar, 'day', from, addDays(calendar.timezone, to - 1, 1));
}

/** The median of the durations of all parts: only those in the bin that holds it are looked at. */
function medianDuration(parts: readonly KpisPart[]): number | null {
  const total = parts.reduce((sum, { durations }) => sum + durations.length, 0);
  if (total === 0) return null;
  let rank = rankOf(total, 0.5);
  const inBin = (bin: number): number =>
    parts.reduce((sum, { durationBins }) => sum + (durationBins[bin] as number), 0);
  let bin = 0;
  for (let size = inBin(bin); rank > size; size = inBin(bin)) {
    rank -= size;
    bin += 1;
  }
  const inside = new Float64Array(inBin(bin));
  const [from, to] = durationsOfBin(bin);
  let length = 0;
  for (const { durations } of parts) {
    for (let index = 0; index < durations.length; index++) {
      const duration = durations[index] as number;
      if (duration >= from && duration < to) inside[length++] = duration;
    }
  }
  return selectRank(inside, rank);
}

function figuresOf(parts: readonly KpisPart[], dayCount: number): KpiFigures {
  const sum = (read: (part: KpisPart) => number): number =>
    parts.reduce((total, part) => total + read(part), 0);
  const sessions = sum((part) => part.sessions);
  const medianMs = medianDuration(parts);
  const activeDays = Array.from({ length: dayCount + 1 }, (_, days) => ({
    days,
    users: sum((part) => part.usersByDays[days] ?? 0),
  })).filter(({ days, users }) => days > 0 && users > 0);
  const personDays = activeDays.reduce((total, { days, users }) => total + days * users, 0);
  const active = activeDays.reduce((total, { users }) => total + users, 0);
  return {
    users: sum((part) => part.users),
    newUsers: sum((part) => part.newUsers),
    sessions,
    events: sum((part) => part.events),
    pageViews: sum((part) => part.pageViews),
    purchases: sum((part) => part.purchases),
    bounceRate: rate(
      sum((part) => part.bounces),
      sessions,
    ),
    meanSessionSeconds: sessions === 0 ? null : roundSum(sum((part) => part.sessionMs) / sessions / 1000),
    medianSessionSeconds: medianMs === null ? null : medianMs / 1000,
    stickiness: rate(personDays, dayCount * active),
    activeDays,
  };
}

/** The KPIs from columns. */
export async function runKpis(
  context: RunContext<'kpis'>,
  ask: Ask<KpisQuery, KpisPart>,
): Promise<KindAnswer<'kpis'>> {
  const { report, range } = context;
  const askRange = async (asked: ResolvedRange, isListed: boolean) => {
    const days = lastDays(asked);
    const { from, to } = asked;
    const parts = await ask({ range: { from, to }, days, isListed });
    return { parts, figures: figuresOf(parts, days.length) };
  };
  const { parts, figures } = await askRange(range, true);
  const previous =
    report.compare === 'none'
      ? undefined
      : (await askRange(comparedRange(range, report.compare), false)).figures;
  return {
    data: { ...figures, ...(previous ? { previous } : {}) },
    ...(report.users ? { users: await listUnits(context, parts) } : {}),
  };
}
