import type { Collection, Document } from 'mongodb';
import { textbookFunnel, type TextbookFunnel, type TextbookMode, type TextbookOptions } from './funnel';

/** What the textbook's figures are made of, whichever questions are asked. */

export const PAGE_VIEWS = ['page_visit', 'PAGE_VIEW', 'page_view', 'pageview', '$pageview', 'page', 'screen'];
export const PURCHASES = ['purchase', 'PURCHASE', 'order_completed', 'Order Completed', 'payment_done'];

export async function run(events: Collection, pipeline: Document[]): Promise<Document[]> {
  return events.aggregate(pipeline, { allowDiskUse: true }).toArray();
}

/** The local day of a date, as an expression. */
export const localDay = (timezone: string, date = '$timestamp'): Document => ({
  $dateTrunc: { date, unit: 'day', timezone },
});

/** Users, events, page views and purchases of the events that match. */
export async function countActivity(
  events: Collection,
  match: Document,
): Promise<Record<'users' | 'events' | 'pageViews' | 'purchases', number>> {
  const [counts = {}] = await run(events, [
    { $match: match },
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
  const of = (name: string): number => Number(counts[name] ?? 0);
  return { users: of('users'), events: of('events'), pageViews: of('pageViews'), purchases: of('purchases') };
}

/** Events by day and type. */
export async function countTypesByDay(
  events: Collection,
  match: Document,
  timezone: string,
): Promise<{ readonly type: string; readonly day: unknown; readonly n: number }[]> {
  const rows = await run(events, [
    { $match: match },
    { $group: { _id: { day: localDay(timezone), type: '$eventType' }, n: { $sum: 1 } } },
  ]);
  return rows.map((row) => {
    const { type, day } = row['_id'] as { type: string; day: unknown };
    return { type, day, n: Number(row['n']) };
  });
}

/** From "reached exactly" to "reached at least". */
function reachedAtLeast(users: ReadonlyMap<number, number>, steps: number): number[] {
  return Array.from({ length: steps }, (_, index) => {
    let count = 0;
    for (const [reached, n] of users) if (reached > index) count += n;
    return count;
  });
}

/** Users that reached at least each step, by the value of the breakdown ('' without one). */
export async function countFunnel(
  events: Collection,
  mode: TextbookMode,
  funnel: TextbookFunnel,
  options: TextbookOptions = {},
): Promise<[value: string, reached: number[]][]> {
  const byValue = new Map<string, Map<number, number>>();
  for (const row of await run(events, textbookFunnel(mode, funnel, options))) {
    const { reached, value = '(none)' } =
      mode === 'breakdown'
        ? (row['_id'] as { reached: number; value?: string })
        : { reached: Number(row['_id']), value: '' };
    const users = byValue.get(value) ?? new Map<number, number>();
    byValue.set(value, users.set(reached, Number(row['users'])));
  }
  return [...byValue].map(([value, users]) => [value, reachedAtLeast(users, funnel.steps.length)]);
}
