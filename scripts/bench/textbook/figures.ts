import type { Collection, Document } from 'mongodb';
import { countActivity, countTypesByDay, localDay, PAGE_VIEWS, run } from './run';

/**
 * The pipelines a careful developer writes from the manual for the same questions: right, and the yardstick.
 * They know nothing of aliases, so the data of the benchmark has none.
 */

export interface Question {
  readonly from: Date;
  readonly to: Date;
  readonly timezone: string;
}

const inRange = ({ from, to }: Question): Document => ({ timestamp: { $gte: from, $lt: to } });

/** Users, new users, sessions, events, page views, purchases, bounce rate, session durations, stickiness. */
export async function textbookKpis(events: Collection, question: Question): Promise<Document> {
  const { from, to } = question;
  const counts = await countActivity(events, inRange(question));
  const [fresh = {}] = await run(events, [
    { $group: { _id: '$userId', first: { $min: '$timestamp' } } },
    { $match: { first: { $gte: from, $lt: to } } },
    { $count: 'users' },
  ]);
  const [sessions = {}] = await run(events, [
    {
      $group: {
        _id: { user: '$userId', session: '$sessionId' },
        start: { $min: '$timestamp' },
        end: { $max: '$timestamp' },
        events: { $sum: 1 },
        pageViews: { $sum: { $cond: [{ $in: ['$eventType', PAGE_VIEWS] }, 1, 0] } },
      },
    },
    { $match: { start: { $gte: from, $lt: to } } },
    { $set: { ms: { $subtract: ['$end', '$start'] } } },
    { $sort: { ms: 1 } },
    {
      $group: {
        _id: null,
        sessions: { $sum: 1 },
        ms: { $sum: '$ms' },
        longer: { $push: { $cond: [{ $gt: ['$ms', 0] }, '$ms', '$$REMOVE'] } },
        bounces: {
          $sum: { $cond: [{ $and: [{ $eq: ['$events', 1] }, { $eq: ['$pageViews', 1] }] }, 1, 0] },
        },
      },
    },
    {
      $set: {
        median: {
          $arrayElemAt: ['$longer', { $subtract: [{ $ceil: { $divide: [{ $size: '$longer' }, 2] } }, 1] }],
        },
      },
    },
    { $unset: 'longer' },
  ]);
  const thirtyDays = { timestamp: { $gte: new Date(to.getTime() - 30 * 86_400_000), $lt: to } };
  const [daily = {}] = await run(events, [
    { $match: thirtyDays },
    { $group: { _id: { user: '$userId', day: localDay(question.timezone) } } },
    { $group: { _id: '$_id.user', days: { $sum: 1 } } },
    { $group: { _id: null, users: { $sum: 1 }, days: { $sum: '$days' } } },
  ]);
  const sessionCount = Number(sessions['sessions']);
  return {
    users: counts.users,
    newUsers: fresh['users'] as unknown,
    sessions: sessionCount,
    events: counts.events,
    pageViews: counts.pageViews,
    purchases: counts.purchases,
    bounceRate: Number(sessions['bounces']) / sessionCount,
    meanSessionSeconds: Number((Number(sessions['ms']) / sessionCount / 1000).toPrecision(12)),
    medianSessionSeconds: Number(sessions['median']) / 1000,
    stickiness: Number(daily['days']) / (30 * Number(daily['users'])),
  };
}

/** Events a day. */
export async function textbookEvents(events: Collection, question: Question): Promise<number[]> {
  const rows = await run(events, [
    { $match: inRange(question) },
    { $group: { _id: localDay(question.timezone), n: { $sum: 1 } } },
    { $sort: { _id: 1 } },
  ]);
  return rows.map((row) => Number(row['n']));
}

/** Unique users a day. */
export async function textbookUsers(events: Collection, question: Question): Promise<number[]> {
  const rows = await run(events, [
    { $match: inRange(question) },
    { $group: { _id: localDay(question.timezone), users: { $addToSet: '$userId' } } },
    { $project: { n: { $size: '$users' } } },
    { $sort: { _id: 1 } },
  ]);
  return rows.map((row) => Number(row['n']));
}

/** Events a day and type. */
export async function textbookTypes(events: Collection, question: Question): Promise<number[]> {
  const byType = new Map<string, number>();
  for (const { type, n } of await countTypesByDay(events, inRange(question), question.timezone)) {
    byType.set(type, (byType.get(type) ?? 0) + n);
  }
  return [...byType].sort(([a, one], [b, other]) => other - one || (a < b ? -1 : 1)).map(([, n]) => n);
}

/** Sessions that start on each day. */
export async function textbookSessions(events: Collection, question: Question): Promise<number[]> {
  const { from, to, timezone } = question;
  const rows = await run(events, [
    { $group: { _id: { user: '$userId', session: '$sessionId' }, start: { $min: '$timestamp' } } },
    { $match: { start: { $gte: from, $lt: to } } },
    { $group: { _id: { $dateTrunc: { date: '$start', unit: 'day', timezone } }, n: { $sum: 1 } } },
    { $sort: { _id: 1 } },
  ]);
  return rows.map((row) => Number(row['n']));
}
