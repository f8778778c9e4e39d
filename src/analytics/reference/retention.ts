import type { ReportOf } from '../../shared/reports/report';
import type { RetentionData } from '../../shared/reports/result';
import { share } from './amounts';
import { isEvent, passes } from './conditions';
import { spanAround, spansBetween, type Span } from './localTime';
import { ask, inRange, listUsers, refuse, type Asked } from './request';
import type { World } from './world';

type Retention = ReportOf<'retention'>;

const DAY = 24 * 3_600_000;
const ROLLING_MS = { day: DAY, week: 7 * DAY, month: 30 * DAY } as const;

/** A user's membership of a cohort: when they started in it. */
interface Member {
  readonly user: string;
  readonly startedAt: number;
}

function membersOf(report: Retention, asked: Asked, bucket: Span): Member[] {
  const members: Member[] = [];
  for (const [user, history] of asked.world.eventsOf) {
    const starts = history.filter((event) => isEvent(report.start, event, asked));
    const firstAt = starts[0]?.at;
    const counted = starts.filter(
      (event) =>
        (report.cohort === 'recurring' || event.at === firstAt) &&
        inRange(asked, event.at) &&
        event.at >= bucket.start &&
        event.at < bucket.end &&
        passes(asked.filters, event, asked),
    );
    if (counted[0]) members.push({ user, startedAt: counted[0].at });
  }
  return members;
}

/** The calendar buckets from a cohort's own on, `periods` further ones. */
function followingBuckets(report: Retention, asked: Asked, bucket: Span): Span[] {
  const spans = [bucket];
  while (spans.length <= report.periods) {
    spans.push(spanAround(asked.range, report.interval, spans[spans.length - 1]?.end ?? 0));
  }
  return spans;
}

/** Who starts, and who comes back how much later. */
export function evaluateRetention(report: Retention, world: World, now: number): { data: RetentionData } {
  const asked = ask(report, world, now);
  const { dataThrough } = asked;
  const returns = new Map(
    [...world.eventsOf].map(([user, history]) => [
      user,
      history
        .filter(
          (event) =>
            isEvent(report.return, event, asked) &&
            passes(asked.filters, event, asked) &&
            dataThrough !== undefined &&
            event.at <= dataThrough,
        )
        .map((event) => event.at),
    ]),
  );
  const cohorts = spansBetween(asked.range, report.interval).map((bucket) => {
    const members = membersOf(report, asked, bucket);
    const periods = followingBuckets(report, asked, bucket);
    const length = ROLLING_MS[report.interval];
    const whole = bucket.start >= asked.range.from && bucket.end <= asked.range.to;
    const cells = periods.map((span, period) => {
      const returned = members.filter((member) => {
        if (period === 0) return true;
        const from = report.rolling ? member.startedAt + period * length : span.start;
        const to = report.rolling ? from + length : span.end;
        return returns.get(member.user)?.some((at) => at >= from && (report.rule === 'onOrAfter' || at < to));
      });
      const closes = report.rolling && period > 0 ? bucket.end + (period + 1) * length : span.end;
      return {
        period,
        users: returned.map((member) => member.user),
        complete: whole && dataThrough !== undefined && bucket.end <= dataThrough && closes <= dataThrough,
      };
    });
    return { at: bucket.start, size: members.length, cells };
  });
  const data: RetentionData = {
    interval: report.interval,
    cohorts: cohorts.map(({ at, size, cells }) => ({
      at: new Date(at).toISOString(),
      size,
      cells: cells.map((cell) => ({ ...cell, users: cell.users.length })),
    })),
    mean: Array.from({ length: report.periods + 1 }, (_, period) => {
      const complete = cohorts.filter((cohort) => cohort.cells[period]?.complete);
      const returned = complete.reduce((sum, cohort) => sum + (cohort.cells[period]?.users.length ?? 0), 0);
      return share(
        returned,
        complete.reduce((sum, cohort) => sum + cohort.size, 0),
      );
    }),
  };
  if (report.users === undefined) return { data };
  const wanted = Date.parse(report.users.cohort);
  const cohort = cohorts.find((one) => one.at === wanted);
  if (cohort === undefined) return refuse('users.cohort', 'no cohort begins there');
  const cell = cohort.cells[report.users.period];
  if (cell === undefined) return refuse('users.period', 'there is no such period');
  return { data: { ...data, users: listUsers(cell.users) } };
}
