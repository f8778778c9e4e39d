import type { Collection } from 'mongodb';
import type { Engine } from '../engine';
import {
  BREAKDOWN,
  END_AT,
  EXCLUDED,
  FROM,
  FUNNEL_END_AT,
  STEPS,
  TIMEZONE,
  WINDOW_MS,
  type QuestionName,
} from '../questions';
import {
  textbookEvents,
  textbookKpis,
  textbookSessions,
  textbookTypes,
  textbookUsers,
  type Question as Period,
} from '../textbook/figures';
import { textbookFunnel, type TextbookFunnel, type TextbookMode } from '../textbook/funnel';

const PERIOD: Period = { from: new Date(FROM), to: new Date(END_AT), timezone: TIMEZONE };
const FUNNEL: TextbookFunnel = {
  steps: STEPS,
  from: new Date(FROM),
  to: new Date(FUNNEL_END_AT),
  windowMs: WINDOW_MS,
};

/** From "reached exactly" to "reached at least". */
function reachedAtLeast(users: ReadonlyMap<number, number>): number[] {
  return STEPS.map((_, index) => {
    let count = 0;
    for (const [reached, n] of users) if (reached > index) count += n;
    return count;
  });
}

async function answerFunnel(events: Collection, mode: TextbookMode): Promise<unknown> {
  const rows = await events
    .aggregate(textbookFunnel(mode, FUNNEL, { excluded: EXCLUDED, breakdown: BREAKDOWN }), {
      allowDiskUse: true,
    })
    .toArray();
  if (mode !== 'breakdown') {
    return reachedAtLeast(new Map(rows.map((row) => [Number(row['_id']), Number(row['users'])])));
  }
  const byValue = new Map<string, Map<number, number>>();
  for (const row of rows) {
    const { reached, value } = row['_id'] as { reached: number; value?: string };
    const key = value ?? '(none)';
    const users = byValue.get(key) ?? new Map<number, number>();
    byValue.set(key, users.set(reached, Number(row['users'])));
  }
  return [...byValue]
    .map(([value, users]): [string, number[]] => [value, reachedAtLeast(users)])
    .sort((a, b) => (b[1][0] ?? 0) - (a[1][0] ?? 0));
}

const ANSWERS: Readonly<Record<QuestionName, (events: Collection) => Promise<unknown>>> = {
  KPIs: (events) => textbookKpis(events, PERIOD),
  'trend of events': (events) => textbookEvents(events, PERIOD),
  'trend of users': (events) => textbookUsers(events, PERIOD),
  'trend of sessions': (events) => textbookSessions(events, PERIOD),
  'trend by event type': (events) => textbookTypes(events, PERIOD),
  'funnel ordered': (events) => answerFunnel(events, 'ordered'),
  'funnel first': (events) => answerFunnel(events, 'first'),
  'funnel perStep': (events) => answerFunnel(events, 'perStep'),
  'funnel strict': (events) => answerFunnel(events, 'strict'),
  'funnel any': (events) => answerFunnel(events, 'any'),
  'funnel stop': (events) => answerFunnel(events, 'stop'),
  'funnel void': (events) => answerFunnel(events, 'void'),
  'funnel sessions': (events) => answerFunnel(events, 'sessions'),
  'funnel breakdown': (events) => answerFunnel(events, 'breakdown'),
};

/** The pipelines a careful developer writes from the manual. */
export const textbookEngine: Engine = {
  name: 'textbook',
  open: ({ events }) =>
    Promise.resolve({
      prepare: ({ name }) => {
        const answer = ANSWERS[name];
        return () => answer(events);
      },
      close: () => Promise.resolve(),
    }),
};
