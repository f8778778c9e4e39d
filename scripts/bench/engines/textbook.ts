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
import type { TextbookFunnel, TextbookMode } from '../textbook/funnel';
import { countFunnel } from '../textbook/run';

const PERIOD: Period = { from: new Date(FROM), to: new Date(END_AT), timezone: TIMEZONE };
const FUNNEL: TextbookFunnel = {
  steps: STEPS,
  from: new Date(FROM),
  to: new Date(FUNNEL_END_AT),
  windowMs: WINDOW_MS,
};

async function answerFunnel(events: Collection, mode: TextbookMode): Promise<unknown> {
  const values = await countFunnel(events, mode, FUNNEL, { excluded: EXCLUDED, breakdown: BREAKDOWN });
  if (mode !== 'breakdown') return values[0]?.[1] ?? STEPS.map(() => 0);
  return values.sort((a, b) => (b[1][0] ?? 0) - (a[1][0] ?? 0));
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
