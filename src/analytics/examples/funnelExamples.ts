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
    rule: 'any: events are matched to steps so that most are filled',
    events: `
      ann 10:00 visit
      ann 10:10 purchase`,
    // The visit could fill both steps, the purchase only the first: together they fill both.
    report: { kind: 'funnel', steps: ['*', 'visit'], order: 'any' },
    counts: counts(1, 1),
  },
  {
    rule: 'strict: another event of the same instant may match the next step',
    events: `
      ann 10:00 visit
      ann 10:00 purchase`,
    report: { ...purchase, order: 'strict' },
    counts: counts(1, 1),
  },
  {
    rule: 'first: any step-1 event of the first instant may open',
    events: `
      ann 10:00 visit path=/b
      ann 10:00 visit path=/a`,
    // Opened by /a, the attempt takes /b as its second step; opened by /b, it would take none.
    report: {
      kind: 'funnel',
      entry: 'first',
      steps: ['visit', { event: 'visit', where: [{ field: 'page.path', op: 'eq', value: '/b' }] }],
    },
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
  {
    rule: 'any: exclusions count how many steps were filled, whichever they are',
    events: `
      ann 10:00 cart
      ann 10:05 refund
      ann 10:10 visit`,
    // The attempt that the cart opened is discarded; the one that the visit opened fills one step.
    report: {
      kind: 'funnel',
      order: 'any',
      steps: ['visit', 'cart', 'purchase'],
      exclusions: [{ event: 'refund', afterStep: 1, beforeStep: 3 }],
      exclusionRule: 'void',
    },
    counts: { ...counts(1, 0, 0), 'trend[0].entrants': 1 },
  },
];
