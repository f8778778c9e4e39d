import type { Example } from './example';

/**
 * What analytics tools are known to get wrong, each by the name under which it is found in their bug
 * trackers.
 */

const purchase = { kind: 'funnel', steps: ['visit', 'purchase'] };
const refunds = [{ event: 'refund', afterStep: 1, beforeStep: 2 }];
const dropped = { users: { step: 2, outcome: 'dropped' } };
const counts = (...expected: number[]): Record<string, unknown> => ({ 'steps[].count': expected });

export const fieldBugExamples: readonly Example[] = [
  {
    rule: 'repeated identical steps: two steps with the same event need two events',
    events: `
      ann 10:00 visit
      bob 10:00 visit
      bob 10:01 visit`,
    report: { kind: 'funnel', steps: ['visit', 'visit'] },
    counts: counts(2, 1),
  },
  {
    rule: 'two equal events at one instant are two events and fill two steps',
    events: `
      ann 10:00 visit
      ann 10:00 visit`,
    report: { kind: 'funnel', steps: ['visit', 'visit'] },
    counts: { ...counts(1, 1), 'steps[1].secondsFromPrevious.median': 0 },
  },
  {
    rule: 'window exactly met converts, missed by 1 ms does not',
    events: `
      ann 10:00 visit
      ann 11:00 purchase
      bob 10:00 visit
      bob 11:00:00.001 purchase`,
    report: { ...purchase, windowSeconds: 3600, ...dropped },
    counts: { ...counts(2, 1), list: [{ userId: 'bob', reachedStep: 1, reason: 'windowExceeded' }] },
  },
  {
    rule: 're-entry after conversion: who comes back is still one user, by the first conversion',
    events: `
      ann 10:00 visit
      ann 10:10 purchase
      ann 12:00 visit
      ann 12:05 purchase`,
    report: purchase,
    counts: { ...counts(1, 1), entrants: 1, converted: 1, 'steps[1].secondsFromFirst.median': 600 },
  },
  {
    rule: 're-entry after conversion that stops halfway takes nothing back',
    events: `
      ann 10:00 visit
      ann 10:10 purchase
      ann 12:00 visit`,
    report: { ...purchase, windowSeconds: 3600, ...dropped },
    counts: { ...counts(1, 1), 'steps[1].dropped': 0, list: [] },
  },
  {
    rule: 'exclusion at the same instant as either step does not exclude',
    events: `
      ann 10:00 visit
      ann 10:00 refund
      ann 10:10 purchase
      bob 10:00 visit
      bob 10:10 refund
      bob 10:10 purchase
      cleo 10:00 visit
      cleo 10:00:00.001 refund
      cleo 10:10 purchase`,
    report: { ...purchase, exclusions: refunds },
    counts: counts(3, 2),
  },
  {
    rule: 'step order in any-order times: a step’s time is when so many steps became possible',
    events: `
      ann 10:00 cart
      ann 10:10 purchase
      ann 10:30 visit`,
    report: { kind: 'funnel', steps: ['visit', 'cart', 'purchase'], order: 'any' },
    counts: {
      ...counts(1, 1, 1),
      'steps[].secondsFromFirst.median': [null, 600, 1800],
      'steps[].secondsFromPrevious.median': [null, 600, 1200],
    },
  },
  {
    rule: 'drill-down size: the list of a drop holds each of its people once, however often they tried',
    events: `
      ann 10:00 visit
      ann 12:00 visit
      bob 10:00 visit
      cleo 10:00 visit
      cleo 10:10 purchase
      dan 10:00 visit
      dan 12:00 visit
      dan 12:10 purchase
      bob 18:00 click`,
    report: { ...purchase, windowSeconds: 3600, ...dropped },
    counts: {
      ...counts(4, 2),
      'steps[1].dropped': 2,
      list: [
        { userId: 'ann', reachedStep: 1, reason: 'noNextEvent' },
        { userId: 'bob', reachedStep: 1, reason: 'noNextEvent' },
      ],
    },
  },
  {
    rule: 'drill-down size: by sessions, the list holds sessions',
    events: `
      ann 10:00 visit session=s1
      ann 10:10 purchase session=s1
      ann 12:00 visit session=s2
      ann 12:10 purchase session=s2`,
    report: { ...purchase, countBy: 'sessions', users: { step: 2, outcome: 'converted' } },
    counts: {
      ...counts(2, 2),
      list: [
        { userId: 'ann', sessionId: 's1', reachedStep: 2 },
        { userId: 'ann', sessionId: 's2', reachedStep: 2 },
      ],
    },
  },
  {
    rule: 'first-time retention across the range’s start: a start before the range makes nobody new in it',
    events: `
      ann 03-01T10:00 visit
      ann 10:00 visit
      bob 10:00 visit
      bob 03-03T09:00 visit
      cleo 03-05T00:00 click`,
    report: { kind: 'retention', start: 'visit', periods: 2 },
    counts: {
      'cohorts[0].size': 1,
      'cohorts[0].cells[].users': [1, 1, 0],
      'cohorts[0].cells[].complete': [true, true, true],
      mean: [1, 1, 0],
    },
  },
  {
    rule: 'week start: a week begins on the day that is set',
    events: `
      ann 03-01T10:00 visit
      ann 03-02T10:00 visit`,
    report: {
      kind: 'trend',
      interval: 'week',
      range: { from: '2026-03-01', to: '2026-03-07', weekStart: 'sunday' },
    },
    counts: { 'series[0].points[].value': [2] },
  },
  {
    rule: 'week start: with Monday, a Sunday and the day after it are a week apart in retention',
    events: `
      ann 03-01T10:00 visit
      ann 03-02T10:00 visit
      bob 03-20T10:00 visit`,
    report: {
      kind: 'retention',
      start: 'visit',
      interval: 'week',
      periods: 1,
      range: { from: '2026-03-01', to: '2026-03-07', weekStart: 'monday' },
    },
    counts: { 'cohorts[].size': [1, 0], 'cohorts[0].cells[].users': [1, 1] },
  },
  {
    rule: '23-hour day: midnights are those of the zone',
    events: `
      ann 03-28T22:59 visit
      ann 03-28T23:00 visit
      ann 03-29T21:59 visit
      ann 03-29T22:00 visit`,
    report: {
      kind: 'trend',
      range: { from: '2026-03-28', to: '2026-03-30', timezone: 'Europe/Berlin' },
    },
    counts: {
      'series[0].points[].value': [1, 2, 1],
      'series[0].points[].at': [
        '2026-03-27T23:00:00.000Z',
        '2026-03-28T23:00:00.000Z',
        '2026-03-29T22:00:00.000Z',
      ],
    },
  },
  {
    rule: '23-hour day: it has 23 hours, and two o’clock is followed by four',
    events: `
      ann 03-29T00:59 visit
      ann 03-29T01:00 visit`,
    report: {
      kind: 'trend',
      interval: 'hour',
      range: { from: '2026-03-29', to: '2026-03-29', timezone: 'Europe/Berlin' },
    },
    counts: {
      'series[0].points.length': 23,
      'series[0].points[1].value': 1,
      'series[0].points[2].value': 1,
      'series[0].points[2].at': '2026-03-29T01:00:00.000Z',
    },
  },
];
