import { parseReport, type Report, type ReportInput } from '../../src/shared/reports/report';
import type { AnyResult } from '../../src/shared/reports/result';

/** What every question is about: the last 30 days of the sample's 90. */
export const END_AT = Date.parse('2026-06-30T22:00:00Z');
export const TIMEZONE = 'Europe/Berlin';
export const FROM = Date.parse('2026-05-31T22:00:00Z');
const RANGE = { from: '2026-06-01', to: '2026-06-30', timezone: TIMEZONE };
/** Funnels open in the first 23 of them, so that each attempt has its whole window. */
const FUNNEL_RANGE = { ...RANGE, to: '2026-06-23' };
export const FUNNEL_END_AT = Date.parse('2026-06-23T22:00:00Z');
export const WINDOW_MS = 7 * 86_400_000;
export const STEPS = ['product_view', 'add_to_cart', 'checkout_start', 'purchase'] as const;
export const EXCLUDED = 'search';
export const BREAKDOWN = 'device';

export type QuestionName =
  | 'KPIs'
  | 'trend of events'
  | 'trend of users'
  | 'trend of sessions'
  | 'trend by event type'
  | `funnel ${'ordered' | 'first' | 'perStep' | 'strict' | 'any' | 'stop' | 'void' | 'sessions' | 'breakdown'}`;

/** One question that every engine is asked. */
export interface Question {
  readonly name: QuestionName;
  readonly report: Report;
  /** The part of a result that is compared between engines. */
  readonly figuresOf: (result: AnyResult) => unknown;
}

function question(
  name: QuestionName,
  report: Record<string, unknown>,
  figuresOf: Question['figuresOf'],
): Question {
  return {
    name,
    report: parseReport({ version: 1, range: RANGE, title: name, ...report } as ReportInput),
    figuresOf,
  };
}

function pointsOf(result: AnyResult): number[] {
  if (result.kind !== 'trend') throw new Error('Expected a trend.');
  return result.data.series[0]?.points.map(({ value }) => value ?? 0) ?? [];
}

/** Users (or sessions) that reached at least each step. */
function countsOf(result: AnyResult): number[] {
  if (result.kind !== 'funnel') throw new Error('Expected a funnel.');
  return result.data.steps.map(({ count }) => count);
}

function countsByValue(result: AnyResult): [string, number[]][] {
  if (result.kind !== 'funnel') throw new Error('Expected a funnel.');
  return (result.data.breakdown ?? []).map(({ value, steps }) => [value, steps.map(({ count }) => count)]);
}

const funnel = (
  name: Extract<QuestionName, `funnel ${string}`>,
  keys: Record<string, unknown>,
  figuresOf = countsOf as Question['figuresOf'],
): Question =>
  question(
    name,
    { kind: 'funnel', range: FUNNEL_RANGE, steps: STEPS, windowSeconds: WINDOW_MS / 1000, ...keys },
    figuresOf,
  );

const exclusions = [{ event: EXCLUDED, afterStep: 1, beforeStep: STEPS.length }];

export const QUESTIONS: readonly Question[] = [
  question('KPIs', { kind: 'kpis' }, (result) => {
    if (result.kind !== 'kpis') throw new Error('Expected key figures.');
    const { activeDays, ...figures } = result.data;
    void activeDays;
    return figures;
  }),
  question('trend of events', { kind: 'trend' }, pointsOf),
  question('trend of users', { kind: 'trend', measure: 'users' }, pointsOf),
  question('trend of sessions', { kind: 'trend', measure: 'sessions' }, pointsOf),
  question('trend by event type', { kind: 'trend', breakdown: 'eventType', limit: 100 }, (result) =>
    result.kind === 'trend' ? result.data.series.map(({ total }) => total ?? 0) : [],
  ),
  funnel('funnel ordered', {}),
  funnel('funnel first', { entry: 'first' }),
  funnel('funnel perStep', { windowPerStep: true }),
  funnel('funnel strict', { order: 'strict' }),
  funnel('funnel any', { order: 'any' }),
  funnel('funnel stop', { exclusions }),
  funnel('funnel void', { exclusions, exclusionRule: 'void' }),
  funnel('funnel sessions', { countBy: 'sessions' }),
  funnel('funnel breakdown', { breakdown: BREAKDOWN }, countsByValue),
];
