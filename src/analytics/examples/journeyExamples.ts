import type { Example } from './example';

const day = { from: '2026-03-02', to: '2026-03-02' };

/** Paths. */
export const pathExamples: readonly Example[] = [
  {
    rule: 'repeats collapse, and who stops before the last position drops off',
    events: `
      ann 10:00 home
      ann 10:01 home
      ann 10:02 cart`,
    report: { kind: 'paths', steps: 4 },
    counts: {
      units: 1,
      links: [
        { position: 1, from: 'home', to: 'cart', count: 1 },
        { position: 2, from: 'cart', to: '(drop-off)', count: 1 },
      ],
    },
  },
  {
    rule: 'with a start, the path begins at its first occurrence',
    events: `
      ann 10:00 home
      ann 10:01 search
      ann 10:02 cart
      bob 10:00 home`,
    report: { kind: 'paths', start: 'search', steps: 2 },
    counts: { units: 1, links: [{ position: 1, from: 'search', to: 'cart', count: 1 }] },
  },
  {
    rule: 'with only an end, paths are aligned to the right',
    events: `
      ann 10:00 home
      ann 10:01 cart
      ann 10:02 pay
      ann 10:03 home`,
    report: { kind: 'paths', end: 'pay', steps: 5 },
    counts: {
      links: [
        { position: 3, from: 'home', to: 'cart', count: 1 },
        { position: 4, from: 'cart', to: 'pay', count: 1 },
      ],
    },
  },
  {
    rule: 'hidden events are gone before repeats collapse',
    events: `
      ann 10:00 home
      ann 10:01 ping
      ann 10:02 home
      ann 10:03 cart`,
    report: { kind: 'paths', hide: ['ping'], steps: 2 },
    counts: { links: [{ position: 1, from: 'home', to: 'cart', count: 1 }] },
  },
  {
    rule: 'rare names of a position become "(other)"',
    events: `
      ann 10:00 a
      bob 10:00 a
      cleo 10:00 b
      dan 10:00 c`,
    report: { kind: 'paths', topNodes: 1, steps: 2, users: { position: 1, from: '(other)' } },
    counts: {
      list: [
        { userId: 'cleo', sessionId: '2026-03-02T10:00:00.000Z' },
        { userId: 'dan', sessionId: '2026-03-02T10:00:00.000Z' },
      ],
    },
  },
];

const visits = { kind: 'retention', start: 'visit', periods: 2, range: day };

/** Retention. */
export const retentionExamples: readonly Example[] = [
  {
    rule: 'first time: the first start event ever lies in the range, so an earlier one disqualifies',
    events: `
      ann 03-01T10:00 visit
      ann 10:00 visit
      bob 10:00 visit
      bob 03-03T09:00 visit
      cleo 03-05T00:00 click`,
    report: visits,
    counts: {
      'cohorts[0].size': 1,
      'cohorts[0].cells[].users': [1, 1, 0],
      'cohorts[0].cells[].complete': [true, true, true],
      mean: [1, 1, 0],
    },
  },
  {
    rule: 'recurring: every bucket in which the user started is a cohort of its own',
    events: `
      ann 10:00 visit
      ann 03-03T10:00 visit`,
    report: { ...visits, cohort: 'recurring', range: { from: '2026-03-02', to: '2026-03-03' } },
    counts: { 'cohorts[].size': [1, 1] },
  },
  {
    rule: 'on or after: a later return counts for every period before it',
    events: `
      ann 10:00 visit
      ann 03-04T10:00 visit`,
    report: { ...visits, rule: 'onOrAfter' },
    counts: { 'cohorts[0].cells[].users': [1, 1, 1] },
  },
  {
    rule: 'rolling: periods count in 24 hours from the user’s own start',
    events: `
      ann 10:00 visit
      ann 03-03T09:59 visit
      bob 10:00 visit
      bob 03-03T10:00 visit`,
    report: { ...visits, rolling: true },
    counts: { 'cohorts[0].cells[].users': [2, 1, 0] },
  },
  {
    rule: 'cells whose bucket has not ended are marked and left out of the mean',
    events: `
      ann 10:00 visit
      ann 03-03T10:00 visit`,
    report: visits,
    counts: { 'cohorts[0].cells[].complete': [true, false, false], mean: [1, null, null] },
  },
  {
    rule: 'a cohort without anybody appears all the same',
    events: `ann 03-03T10:00 visit`,
    report: { ...visits, range: { from: '2026-03-02', to: '2026-03-03' } },
    counts: { 'cohorts[].size': [0, 1] },
  },
];

/** The users table and one user's journey. */
export const peopleExamples: readonly Example[] = [
  {
    rule: 'the table holds the users with matching events in the range, with their counts within it',
    events: `
      ann 10:00 visit
      ann 11:00 purchase
      ann 03-03T10:00 visit
      bob 03-03T10:00 visit`,
    report: { kind: 'users' },
    counts: {
      'users[].userId': ['ann'],
      'users[0].events': 2,
      'users[0].sessions': 2,
      'users[0].purchases': 1,
    },
  },
  {
    rule: 'any alias finds the journey; sessions stand newest first',
    events: `
      anon 10:00 visit
      ann 12:00 visit`,
    identities: { anon: 'ann' },
    report: { kind: 'journey', userId: 'anon' },
    counts: {
      'user.userId': 'ann',
      'user.aliases': ['anon'],
      'sessions[].startedAt': ['2026-03-02T12:00:00.000Z', '2026-03-02T10:00:00.000Z'],
    },
  },
];
