import type { Example } from './example';

const purchase = { kind: 'funnel', steps: ['visit', 'purchase'] };
const counts = (...expected: number[]): Record<string, unknown> => ({ 'steps[].count': expected });

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
  {
    rule: 'attribution last: the value on the last step reached',
    events: `
      ann 10:00 visit device=mobile
      ann 10:05 purchase device=desktop
      bob 10:00 visit device=mobile`,
    report: { ...purchase, breakdown: 'device', attribution: 'last' },
    counts: {
      'breakdown[].value': ['desktop', 'mobile'],
      'breakdown[0].steps[].count': [1, 1],
      'breakdown[1].steps[].count': [1, 0],
    },
  },
];
