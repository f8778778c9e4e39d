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
  {
    rule: 'by page, an event without one is "(none)"; by user, the path goes on over sessions',
    events: `
      ann 10:00 view path=/ session=s1
      ann 10:01 click session=s1
      ann 12:00 view path=/cart session=s2`,
    report: { kind: 'paths', by: 'page', unit: 'user', steps: 3 },
    counts: {
      links: [
        { position: 1, from: '/', to: '(none)', count: 1 },
        { position: 2, from: '(none)', to: '/cart', count: 1 },
      ],
    },
  },
  {
    rule: 'the end lies after the start, also where both are the same event',
    events: `
      ann 10:00 pay
      ann 10:01 home
      ann 10:02 pay
      bob 10:00 pay`,
    report: { kind: 'paths', start: 'pay', end: 'pay', steps: 4 },
    counts: {
      units: 1,
      links: [
        { position: 1, from: 'pay', to: 'home', count: 1 },
        { position: 2, from: 'home', to: 'pay', count: 1 },
      ],
    },
  },
  {
    rule: 'repeats stay where they are wanted',
    events: `
      ann 10:00 home
      ann 10:01 home`,
    report: { kind: 'paths', collapseRepeats: false, steps: 2 },
    counts: { links: [{ position: 1, from: 'home', to: 'home', count: 1 }] },
  },
];

const visits = { kind: 'retention', start: 'visit', periods: 2, range: day };

/** Retention. */
export const retentionExamples: readonly Example[] = [
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
  {
    rule: 'only the return event brings back',
    events: `
      ann 10:00 visit
      ann 03-03T10:00 click
      ann 03-04T10:00 purchase
      bob 03-05T00:00 click`,
    report: { ...visits, return: 'purchase' },
    counts: { 'cohorts[0].cells[].users': [1, 0, 1] },
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
  {
    rule: 'who lacks the sorted value stands last',
    events: `
      ann 10:00 visit
      bob 10:00 visit
      cleo 10:00 visit`,
    users: [
      { _id: 'ann', name: 'Zoe' },
      { _id: 'cleo', name: 'Adam' },
    ],
    report: { kind: 'users', sort: 'name' },
    counts: { 'users[].userId': ['cleo', 'ann', 'bob'] },
  },
  {
    rule: 'who lacks the sorted value stands last in the other direction too',
    events: `
      ann 10:00 visit
      bob 10:00 visit
      cleo 10:00 visit`,
    users: [
      { _id: 'ann', name: 'Zoe' },
      { _id: 'cleo', name: 'Adam' },
    ],
    report: { kind: 'users', sort: '-name' },
    counts: { 'users[].userId': ['ann', 'cleo', 'bob'] },
  },
  {
    rule: 'a search looks into any id, name and e-mail, ignoring case',
    events: `
      anon-77 10:00 visit
      bob 10:00 visit
      cleo 10:00 visit`,
    identities: { 'anon-77': 'ann' },
    users: [{ _id: 'bob', email: 'bob@ANON.example' }],
    report: { kind: 'users', search: 'Anon', sort: 'name' },
    counts: { 'users[].userId': ['ann', 'bob'] },
  },
  {
    rule: 'a page view without a duration lasts to the next event of its session; the last is unknown',
    events: `
      ann 10:00 page_view path=/
      ann 10:02 page_view path=/cart duration=5
      ann 10:05 page_view path=/pay`,
    report: { kind: 'journey', userId: 'ann' },
    counts: {
      'sessions[0].events[].durationSec': [120, 5, null],
      'sessions[0].durationSeconds': 300,
      'totals.seconds': 300,
    },
  },
];
