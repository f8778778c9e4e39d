import type { Example } from './example';

const purchase = { kind: 'funnel', steps: ['visit', 'purchase'] };
const dropped = { users: { step: 2, outcome: 'dropped' } };
const counts = (...expected: number[]): Record<string, unknown> => ({ 'steps[].count': expected });

/** Attempts: how one opens, goes on and ends. */
export const attemptExamples: readonly Example[] = [
  {
    rule: 'other events may lie between the steps',
    events: `
      ann 10:00 visit
      ann 10:05 click
      ann 10:10 purchase`,
    report: purchase,
    counts: { ...counts(1, 1), 'steps[1].secondsFromFirst': { median: 600, mean: 600, p90: 600 } },
  },
  {
    rule: 'steps must come in their order',
    events: `
      ann 10:00 purchase
      ann 10:10 visit`,
    report: purchase,
    counts: counts(1, 0),
  },
  {
    rule: 'the window is inclusive: exactly met converts, a millisecond later does not',
    events: `
      ann 10:00 visit
      ann 11:00 purchase
      bob 10:00 visit
      bob 11:00:00.001 purchase`,
    report: { ...purchase, windowSeconds: 3600, ...dropped },
    counts: { ...counts(2, 1), list: [{ userId: 'bob', reachedStep: 1, reason: 'windowExceeded' }] },
  },
  {
    rule: 'the window counts from the first step, not from the one before',
    events: `
      ann 10:00 visit
      ann 10:40 cart
      ann 11:20 purchase`,
    report: { kind: 'funnel', steps: ['visit', 'cart', 'purchase'], windowSeconds: 3600 },
    counts: counts(1, 1, 0),
  },
  {
    rule: 'with windowPerStep it applies to each pair of steps',
    events: `
      ann 10:00 visit
      ann 10:40 cart
      ann 11:20 purchase`,
    report: {
      kind: 'funnel',
      steps: ['visit', 'cart', 'purchase'],
      windowSeconds: 3600,
      windowPerStep: true,
    },
    counts: counts(1, 1, 1),
  },
  {
    rule: 'two steps with the same event need two events',
    events: `
      ann 10:00 visit
      bob 10:00 visit
      bob 10:01 visit`,
    report: { kind: 'funnel', steps: ['visit', 'visit'] },
    counts: counts(2, 1),
  },
  {
    rule: 'two equal events at one instant are two events',
    events: `
      ann 10:00 visit
      ann 10:00 visit`,
    report: { kind: 'funnel', steps: ['visit', 'visit'] },
    counts: { ...counts(1, 1), 'steps[1].secondsFromPrevious.median': 0 },
  },
  {
    rule: 'one event that fits two steps fills only one',
    events: `ann 10:00 visit`,
    report: { kind: 'funnel', steps: ['*', { anyOf: ['visit', 'purchase'] }] },
    counts: counts(1, 0),
  },
  {
    rule: 'events of the same millisecond are taken in the order that reaches furthest',
    events: `
      ann 10:00 purchase
      ann 10:00 visit`,
    report: purchase,
    counts: { ...counts(1, 1), timeToConvert: [{ fromSeconds: 0, toSeconds: 1, users: 1 }] },
  },
  {
    rule: 'best: the attempt that gets furthest counts, whichever it is',
    events: `
      ann 10:00 visit
      ann 14:00 visit
      ann 14:10 purchase`,
    report: { ...purchase, windowSeconds: 3600 },
    counts: { ...counts(1, 1), 'steps[1].secondsFromFirst.median': 600 },
  },
  {
    rule: 'best: among attempts that get equally far, the earliest counts',
    events: `
      ann 10:00 visit
      ann 10:10 visit
      ann 10:20 purchase`,
    report: purchase,
    counts: { ...counts(1, 1), 'steps[1].secondsFromFirst.median': 1200 },
  },
  {
    rule: 'first: only the first step-1 event in the range opens an attempt',
    events: `
      ann 10:00 visit
      ann 14:00 visit
      ann 14:10 purchase`,
    report: { ...purchase, windowSeconds: 3600, entry: 'first' },
    counts: counts(1, 0),
  },
  {
    rule: 'who comes back after converting is still one user',
    events: `
      ann 10:00 visit
      ann 10:10 purchase
      ann 12:00 visit
      ann 12:05 purchase`,
    report: purchase,
    counts: { ...counts(1, 1), entrants: 1, converted: 1, 'steps[1].secondsFromFirst.median': 600 },
  },
  {
    rule: 'an attempt opens in the range; its later steps may lie behind it',
    events: `
      ann 23:59 visit
      ann 03-03T00:01 purchase
      bob 03-01T23:59 visit
      bob 00:01 purchase`,
    report: purchase,
    counts: counts(1, 1),
  },
  {
    rule: 'stepsWithinRange: events behind the range do not exist',
    events: `
      ann 23:59 visit
      ann 03-03T00:01 purchase`,
    report: { ...purchase, stepsWithinRange: true, ...dropped },
    counts: { ...counts(1, 0), list: [{ userId: 'ann', reachedStep: 1, reason: 'noNextEvent' }] },
  },
  {
    rule: 'steps with conditions and alternatives',
    events: `
      ann 10:00 visit path=/pricing
      ann 10:05 order amount="20"
      bob 10:00 visit path=/
      bob 10:05 purchase`,
    report: {
      kind: 'funnel',
      steps: [
        { event: 'visit', where: [{ field: 'page.path', op: 'eq', value: '/pricing' }] },
        {
          anyOf: [
            'purchase',
            { event: 'order', where: [{ field: 'properties.amount', op: 'gte', value: 20 }] },
          ],
        },
      ],
    },
    counts: counts(1, 1),
  },
];

/** Orders `strict` and `any`. */
export const orderExamples: readonly Example[] = [
  {
    rule: 'strict: the very next event must match, whatever its type',
    events: `
      ann 10:00 visit
      ann 10:05 click
      ann 10:10 purchase
      bob 10:00 visit
      bob 10:10 purchase`,
    report: { ...purchase, order: 'strict' },
    counts: counts(2, 1),
  },
  {
    rule: 'strict: filters decide which events there are at all',
    events: `
      ann 10:00 visit
      ann 10:05 click
      ann 10:10 purchase`,
    report: { ...purchase, order: 'strict', filters: [{ field: 'eventType', op: 'ne', value: 'click' }] },
    counts: counts(1, 1),
  },
  {
    rule: 'strict: another event of the same instant does not break the chain',
    events: `
      ann 10:00 visit
      ann 10:05 click
      ann 10:05 purchase`,
    report: { ...purchase, order: 'strict' },
    counts: counts(1, 1),
  },
  {
    rule: 'any: steps count in whatever order they come',
    events: `
      ann 10:00 purchase
      ann 10:10 visit`,
    report: { ...purchase, order: 'any' },
    counts: { ...counts(1, 1), 'steps[1].secondsFromPrevious.median': 600 },
  },
  {
    rule: 'any: a step’s time is when so many steps became possible',
    events: `
      ann 10:00 cart
      ann 10:10 purchase
      ann 10:30 visit`,
    report: { kind: 'funnel', steps: ['visit', 'cart', 'purchase'], order: 'any' },
    counts: { ...counts(1, 1, 1), 'steps[].secondsFromFirst.median': [null, 600, 1800] },
  },
  {
    rule: 'any: events are matched to steps so that most are filled',
    events: `
      ann 10:00 visit
      ann 10:10 purchase`,
    // The visit could fill both steps, the purchase only the first: together they fill both.
    report: { kind: 'funnel', steps: ['*', 'visit'], order: 'any' },
    counts: counts(1, 1),
  },
];

/** Exclusions under both rules. */
export const exclusionExamples: readonly Example[] = [
  {
    rule: 'stop: the attempt ends at the excluded event, the steps before count',
    events: `
      ann 10:00 visit
      ann 10:05 refund
      ann 10:10 purchase`,
    report: { ...purchase, exclusions: [{ event: 'refund', afterStep: 1, beforeStep: 2 }], ...dropped },
    counts: { ...counts(1, 0), list: [{ userId: 'ann', reachedStep: 1, reason: 'exclusion' }] },
  },
  {
    rule: 'void: the attempt is discarded, step 1 included',
    events: `
      ann 10:00 visit
      ann 10:05 refund
      ann 10:10 purchase`,
    report: {
      ...purchase,
      exclusions: [{ event: 'refund', afterStep: 1, beforeStep: 2 }],
      exclusionRule: 'void',
    },
    counts: { ...counts(0, 0), entrants: 0 },
  },
  {
    rule: 'void: another attempt may still count',
    events: `
      ann 10:00 visit
      ann 10:05 refund
      ann 10:06 visit
      ann 10:10 purchase`,
    report: {
      ...purchase,
      exclusions: [{ event: 'refund', afterStep: 1, beforeStep: 2 }],
      exclusionRule: 'void',
    },
    counts: { ...counts(1, 1), 'steps[1].secondsFromFirst.median': 240 },
  },
  {
    rule: 'an excluded event at the very instant of either step does not exclude',
    events: `
      ann 10:00 visit
      ann 10:00 refund
      ann 10:10 purchase
      bob 10:00 visit
      bob 10:10 refund
      bob 10:10 purchase`,
    report: { ...purchase, exclusions: [{ event: 'refund', afterStep: 1, beforeStep: 2 }] },
    counts: counts(2, 2),
  },
  {
    rule: 'an event that fills a step in between still excludes',
    events: `
      ann 10:00 visit
      ann 10:05 cart
      ann 10:10 purchase`,
    report: {
      kind: 'funnel',
      steps: ['visit', 'cart', 'purchase'],
      exclusions: [{ event: 'cart', afterStep: 1, beforeStep: 3 }],
    },
    counts: counts(1, 1, 0),
  },
  {
    rule: 'behind the window an excluded event does no harm',
    events: `
      ann 10:00 visit
      ann 12:00 refund`,
    report: {
      ...purchase,
      windowSeconds: 3600,
      exclusions: [{ event: 'refund', afterStep: 1, beforeStep: 2 }],
      exclusionRule: 'void',
    },
    counts: counts(1, 0),
  },
];

/** Undecided entrants, sessions, breakdowns, lists, trend and timeline. */
export const figureExamples: readonly Example[] = [
  {
    rule: 'who could still go on after the data ends is undecided, not dropped',
    events: `
      ann 10:00 visit
      bob 20:00 visit
      cleo 21:00 visit`,
    // The newest event is 21:00: ann's window has closed by then, bob's and cleo's have not.
    report: { ...purchase, windowSeconds: 3 * 3600, users: { step: 2, outcome: 'undecided' } },
    counts: {
      ...counts(3, 0),
      'steps[1].dropped': 1,
      'steps[1].undecided': 2,
      list: [
        { userId: 'bob', reachedStep: 1, reason: 'undecided' },
        { userId: 'cleo', reachedStep: 1, reason: 'undecided' },
      ],
      'trend[0].complete': false,
    },
  },
  {
    rule: 'a window that ends exactly with the data is closed',
    events: `
      ann 10:00 visit
      bob 11:00 click`,
    report: { ...purchase, windowSeconds: 3600 },
    counts: { 'steps[1].dropped': 1, 'steps[1].undecided': 0 },
  },
  {
    rule: 'by sessions, an attempt does not leave its session',
    events: `
      ann 10:00 visit session=s1
      ann 10:05 purchase session=s2
      ann 10:06 visit session=s2
      ann 10:07 purchase session=s2`,
    report: { ...purchase, countBy: 'sessions', users: { step: 2, outcome: 'converted' } },
    counts: { ...counts(2, 1), list: [{ userId: 'ann', sessionId: 's2', reachedStep: 2 }] },
  },
  {
    rule: 'a breakdown is by the value on the opening event of the chosen attempt',
    events: `
      ann 10:00 visit device=mobile
      ann 10:05 purchase device=desktop
      bob 10:00 visit device=desktop
      cleo 10:00 visit`,
    report: { ...purchase, breakdown: 'device' },
    counts: {
      'breakdown[].value': ['(none)', 'desktop', 'mobile'],
      'breakdown[2].steps[].count': [1, 1],
    },
  },
  {
    rule: 'attribution: the last step reached, or a given one, which others are left out of',
    events: `
      ann 10:00 visit device=mobile
      ann 10:05 purchase device=desktop
      bob 10:00 visit device=mobile`,
    report: { ...purchase, breakdown: 'device', attribution: 'step:2' },
    counts: { 'breakdown[].value': ['desktop'], ...counts(2, 1) },
  },
  {
    rule: 'values beyond the limit are counted anew as "(other)"',
    events: `
      ann 10:00 visit country=DE
      bob 10:00 visit country=DE
      cleo 10:00 visit country=US
      dan 10:00 visit country=EG
      dan 10:01 purchase`,
    report: { ...purchase, breakdown: 'country', limit: 1 },
    counts: {
      'breakdown[].value': ['DE', '(other)'],
      'breakdown[1].steps[].count': [2, 1],
    },
  },
  {
    rule: 'the trend puts entrants and converted where the attempt opened; the timeline counts events',
    events: `
      ann 23:59 visit
      ann 03-03T00:01 purchase
      bob 03-03T00:00 visit
      bob 03-03T00:02 purchase
      bob 03-03T00:03 purchase`,
    report: { ...purchase, range: { from: '2026-03-02', to: '2026-03-03' } },
    counts: {
      'trend[].entrants': [1, 1],
      'trend[].converted': [1, 1],
      'timeline[].counts': [
        [1, 0],
        [1, 3],
      ],
    },
  },
  {
    rule: 'rates without anybody are null',
    events: `ann 10:00 click`,
    report: purchase,
    counts: { 'steps[].ofFirst': [null, null], 'steps[1].secondsFromFirst.median': null, timeToConvert: [] },
  },
];
