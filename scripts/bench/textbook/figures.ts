import type { Collection, Document } from 'mongodb';

/**
 * The pipelines a careful developer writes from the manual for the same questions: right, and the yardstick.
 * They know nothing of aliases, so the data of the benchmark has none.
 */

export interface Question {
  readonly from: Date;
  readonly to: Date;
  readonly timezone: string;
}

const PAGE_VIEWS = ['page_visit', 'PAGE_VIEW', 'page_view', 'pageview', '$pageview', 'page', 'screen'];
const PURCHASES = ['purchase', 'PURCHASE', 'order_completed', 'Order Completed', 'payment_done'];

async function run(events: Collection, pipeline: Document[]): Promise<Document[]> {
  return events.aggregate(pipeline, { allowDiskUse: true }).toArray();
}

const inRange = ({ from, to }: Question): Document => ({ timestamp: { $gte: from, $lt: to } });
const localDay = ({ timezone }: Question): Document => ({
  $dateTrunc: { date: '$timestamp', unit: 'day', timezone },
});

/** Users, new users, sessions, events, page views, purchases, bounce rate, session durations, stickiness. */
export async function textbookKpis(events: Collection, question: Question): Promise<Document> {
  const { from, to } = question;
  const [counts = {}] = await run(events, [
    { $match: inRange(question) },
    {
      $group: {
        _id: '$userId',
        events: { $sum: 1 },
        pageViews: { $sum: { $cond: [{ $in: ['$eventType', PAGE_VIEWS] }, 1, 0] } },
        purchases: { $sum: { $cond: [{ $in: ['$eventType', PURCHASES] }, 1, 0] } },
      },
    },
    {
      $group: {
        _id: null,
        users: { $sum: 1 },
        events: { $sum: '$events' },
        pageViews: { $sum: '$pageViews' },
        purchases: { $sum: '$purchases' },
      },
    },
  ]);
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
    { $group: { _id: { user: '$userId', day: localDay(question) } } },
    { $group: { _id: '$_id.user', days: { $sum: 1 } } },
    { $group: { _id: null, users: { $sum: 1 }, days: { $sum: '$days' } } },
  ]);
  const sessionCount = Number(sessions['sessions']);
  return {
    users: counts['users'] as unknown,
    newUsers: fresh['users'] as unknown,
    sessions: sessionCount,
    events: counts['events'] as unknown,
    pageViews: counts['pageViews'] as unknown,
    purchases: counts['purchases'] as unknown,
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
    { $group: { _id: localDay(question), n: { $sum: 1 } } },
    { $sort: { _id: 1 } },
  ]);
  return rows.map((row) => Number(row['n']));
}

/** Unique users a day. */
export async function textbookUsers(events: Collection, question: Question): Promise<number[]> {
  const rows = await run(events, [
    { $match: inRange(question) },
    { $group: { _id: localDay(question), users: { $addToSet: '$userId' } } },
    { $project: { n: { $size: '$users' } } },
    { $sort: { _id: 1 } },
  ]);
  return rows.map((row) => Number(row['n']));
}

/** Events a day and type. */
export async function textbookTypes(events: Collection, question: Question): Promise<number[]> {
  const rows = await run(events, [
    { $match: inRange(question) },
    { $group: { _id: { day: localDay(question), type: '$eventType' }, n: { $sum: 1 } } },
    { $group: { _id: '$_id.type', n: { $sum: '$n' } } },
    { $sort: { n: -1, _id: 1 } },
  ]);
  return rows.map((row) => Number(row['n']));
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
