import type { Collection, Document } from 'mongodb';
import { END_AT, TIMEZONE } from '../questions';
import type { TextbookFunnel } from '../textbook/funnel';
import { countActivity, countFunnel, countTypesByDay, localDay, run } from '../textbook/run';
import { DAY_MS, DROP_OFF, EIGHT, OFFSET_MS, STEPS, WINDOW_MS } from './questions';

/** All 90 days of the data. */
const ALL = { from: new Date(END_AT - 90 * DAY_MS), to: new Date(END_AT) };
const IN_RANGE = { timestamp: { $gte: ALL.from, $lt: ALL.to } };
const LAST_30 = new Date(END_AT - 30 * DAY_MS);

/** Number of the local day, as the SQL of the other engines has it. */
const dayOf = (date: unknown): number => Math.floor((Number(date as Date) + OFFSET_MS) / DAY_MS);

/** Users, sessions, events, page views, purchases. */
async function kpis(events: Collection, filter: Document = {}): Promise<unknown[][]> {
  const counts = await countActivity(events, { ...IN_RANGE, ...filter });
  const [sessions = {}] = await run(events, [
    { $match: { ...IN_RANGE, ...filter } },
    { $group: { _id: { user: '$userId', session: '$sessionId' } } },
    { $count: 'n' },
  ]);
  return [[counts.users, sessions['n'], counts.events, counts.pageViews, counts.purchases]];
}

const funnelOf = (steps: readonly string[]): TextbookFunnel => ({ steps, ...ALL, windowMs: WINDOW_MS });

async function funnel(events: Collection, steps: readonly string[]): Promise<unknown[][]> {
  const values = await countFunnel(events, 'ordered', funnelOf(steps));
  return values.map(([, reached]) => reached);
}

async function funnelByCountry(events: Collection): Promise<unknown[][]> {
  const values = await countFunnel(events, 'breakdown', funnelOf(STEPS), { breakdown: 'country' });
  return values.map(([value, reached]) => [value, ...reached]);
}

async function retention(events: Collection): Promise<unknown[][]> {
  const rows = await run(events, [
    { $group: { _id: { user: '$userId', day: localDay(TIMEZONE) } } },
    { $group: { _id: '$_id.user', first: { $min: '$_id.day' }, days: { $push: '$_id.day' } } },
    { $match: { first: { $gte: LAST_30 } } },
    { $unwind: '$days' },
    { $group: { _id: { first: '$first', day: '$days' }, users: { $sum: 1 } } },
  ]);
  return rows
    .map(({ _id, users }) => {
      const { first, day } = _id as { first: unknown; day: unknown };
      return [dayOf(first), dayOf(day) - dayOf(first), users as unknown];
    })
    .filter(([, period]) => Number(period) <= 30);
}

async function paths(events: Collection): Promise<unknown[][]> {
  const rows = await run(events, [
    { $match: IN_RANGE },
    { $sort: { userId: 1, timestamp: 1, _id: 1 } },
    { $group: { _id: { user: '$userId', session: '$sessionId' }, types: { $push: '$eventType' } } },
    {
      $set: {
        path: {
          $reduce: {
            input: '$types',
            initialValue: [],
            in: {
              $cond: [
                {
                  $or: [{ $eq: [{ $last: '$$value' }, '$$this'] }, { $gte: [{ $size: '$$value' }, 5] }],
                },
                '$$value',
                { $concatArrays: ['$$value', ['$$this']] },
              ],
            },
          },
        },
      },
    },
    { $group: { _id: '$path', n: { $sum: 1 } } },
  ]);
  const links = new Map<string, number>();
  for (const { _id, n } of rows) {
    const path = _id as string[];
    path.slice(0, 4).forEach((from, index) => {
      const key = JSON.stringify([index + 1, from, path[index + 1] ?? DROP_OFF]);
      links.set(key, (links.get(key) ?? 0) + Number(n));
    });
  }
  return [...links].map(([key, n]) => [...(JSON.parse(key) as unknown[]), n]);
}

async function p90(events: Collection): Promise<unknown[][]> {
  const rows = await run(events, [
    { $match: { ...IN_RANGE, durationSec: { $ne: null } } },
    { $sort: { durationSec: 1 } },
    { $group: { _id: localDay(TIMEZONE), durations: { $push: '$durationSec' } } },
    {
      $project: {
        p90: {
          $arrayElemAt: [
            '$durations',
            {
              $subtract: [
                { $toInt: { $ceil: { $round: [{ $multiply: [0.9, { $size: '$durations' }] }, 6] } } },
                1,
              ],
            },
          ],
        },
      },
    },
  ]);
  return rows.map((row) => [dayOf(row['_id']), row['p90'] as unknown]);
}

async function trend(events: Collection): Promise<unknown[][]> {
  const rows = await countTypesByDay(events, IN_RANGE, TIMEZONE);
  return rows.map(({ type, day, n }) => [type, dayOf(day), n]);
}

/** The pipelines one writes from the manual for each question of the comparison, on raw events. */
export const TEXTBOOK_ANSWERS: Readonly<Record<string, (events: Collection) => Promise<unknown[][]>>> = {
  KPIs: (events) => kpis(events),
  'trend day × type': trend,
  'KPIs of a device': (events) => kpis(events, { device: 'mobile' }),
  'funnel, 4 steps': (events) => funnel(events, STEPS),
  'funnel, 8 steps': (events) => funnel(events, EIGHT),
  'funnel by country': funnelByCountry,
  'retention, 30 days': retention,
  'paths, 5 steps': paths,
  'p90 of a duration': p90,
};
