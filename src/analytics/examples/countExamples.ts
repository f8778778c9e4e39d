import type { Example } from './example';

/** Users, sessions and the key figures. */
export const kpiExamples: readonly Example[] = [
  {
    rule: 'anonymous visitors count as the user they turned out to be',
    events: `
      anon 10:00 visit
      ann 10:05 purchase
      bob 10:00 visit`,
    identities: { anon: 'ann' },
    report: { kind: 'kpis', users: { kpi: 'users' } },
    counts: { users: 2, events: 3, list: [{ userId: 'ann' }, { userId: 'bob' }] },
  },
  {
    rule: 'user.userId is the id a person came to have: an id that was merged away names nobody',
    events: `
      anon 10:00 visit
      ann 10:05 purchase
      bob 10:00 visit`,
    identities: { anon: 'ann' },
    report: { kind: 'kpis', filters: [{ field: 'user.userId', op: 'in', values: ['anon', 'bob'] }] },
    counts: { users: 1, events: 1 },
  },
  {
    rule: 'and nobody is left out by it',
    events: `
      anon 10:00 visit
      ann 10:05 purchase
      bob 10:00 visit`,
    identities: { anon: 'ann' },
    report: { kind: 'kpis', filters: [{ field: 'user.userId', op: 'nin', values: ['anon', 'bob'] }] },
    counts: { users: 1, events: 2 },
  },
  {
    rule: 'a pause of more than 30 minutes starts a session, one of exactly 30 does not',
    events: `
      ann 10:00 visit
      ann 10:30 visit
      ann 11:00:00.001 visit`,
    report: { kind: 'kpis' },
    counts: { sessions: 2, meanSessionSeconds: 900, medianSessionSeconds: 1800 },
  },
  {
    rule: 'a session is the client’s where it sent an id, however long its pauses',
    events: `
      ann 10:00 visit session=s1
      ann 15:00 visit session=s1
      ann 15:01 visit`,
    report: { kind: 'kpis' },
    counts: { sessions: 2 },
  },
  {
    rule: 'the same session id of two users is two sessions',
    events: `
      ann 10:00 visit session=s1
      bob 10:00 visit session=s1`,
    report: { kind: 'kpis' },
    counts: { sessions: 2 },
  },
  {
    rule: 'a session across midnight is one and belongs to the day on which it starts',
    events: `
      ann 23:50 visit
      ann 03-03T00:10 visit`,
    report: { kind: 'trend', measure: 'sessions', range: { from: '2026-03-02', to: '2026-03-03' } },
    counts: { 'series[0].points[].value': [1, 0], 'series[0].total': 1 },
  },
  {
    rule: 'session boundaries, durations and bounces look at all events, whatever the filters',
    events: `
      ann 10:00 page_view
      ann 10:20 click
      bob 10:00 page_view`,
    report: { kind: 'kpis', filters: [{ field: 'eventType', op: 'eq', value: 'page_view' }] },
    counts: { events: 2, sessions: 2, meanSessionSeconds: 600, bounceRate: 0.5 },
  },
  {
    rule: 'a bounce is one page view and nothing else: a single click is none',
    events: `
      ann 10:00 page_view
      bob 10:00 click
      cleo 10:00 page_view
      cleo 10:00 page_view`,
    report: { kind: 'kpis' },
    counts: { sessions: 3, bounceRate: 1 / 3 },
  },
  {
    rule: 'the mean duration is of all sessions, the median of those longer than zero',
    events: `
      ann 10:00 visit
      bob 10:00 visit
      bob 10:10 visit
      cleo 10:00 visit
      cleo 10:20 visit`,
    report: { kind: 'kpis' },
    counts: { meanSessionSeconds: 600, medianSessionSeconds: 600 },
  },
  {
    rule: 'new users are those whose first event ever lies in the range, even one the filters leave out',
    events: `
      ann 03-01T10:00 click
      ann 10:00 visit
      bob 10:00 visit`,
    report: { kind: 'kpis', filters: [{ field: 'eventType', op: 'eq', value: 'visit' }] },
    counts: { users: 2, newUsers: 1 },
  },
  {
    rule: 'stickiness divides the mean daily users of 30 days, empty ones included, by the users of those days',
    events: `
      ann 10:00 visit
      ann 02-20T10:00 visit
      bob 10:00 visit
      cleo 01-30T10:00 visit`,
    // cleo is one day too early; ann and bob make 3 user days: 3 / 30 / 2.
    report: { kind: 'kpis' },
    counts: {
      stickiness: 0.05,
      activeDays: [
        { days: 1, users: 1 },
        { days: 2, users: 1 },
      ],
    },
  },
  {
    rule: 'without sessions rates are null, not zero',
    events: `ann 03-05T10:00 visit`,
    report: { kind: 'kpis' },
    counts: { users: 0, bounceRate: null, meanSessionSeconds: null, stickiness: null },
  },
  {
    rule: 'the previous period is as long and lies directly before',
    events: `
      ann 02-28T23:59 visit
      ann 03-01T00:00 visit
      bob 10:00 visit
      bob 03-03T10:00 visit`,
    report: { kind: 'kpis', compare: 'previous' },
    counts: { events: 1, 'previous.events': 1 },
  },
];

/** Time axes, breakdowns, comparisons and aggregates. */
export const trendExamples: readonly Example[] = [
  {
    rule: 'a user who comes on two days counts on both and once in the total',
    events: `
      ann 10:00 visit
      ann 03-03T10:00 visit`,
    report: { kind: 'trend', measure: 'users', range: { from: '2026-03-02', to: '2026-03-03' } },
    counts: { 'series[0].points[].value': [1, 1], 'series[0].total': 1 },
  },
  {
    rule: 'a bucket that the range cuts is incomplete',
    events: `ann 03-20T10:00 visit`,
    report: { kind: 'trend', interval: 'week', range: { from: '2026-03-03', to: '2026-03-15' } },
    counts: { 'series[0].points[].complete': [false, true] },
  },
  {
    rule: 'a bucket that ends after the newest event is incomplete',
    events: `
      ann 10:00 visit
      ann 03-03T10:00 visit`,
    report: { kind: 'trend', range: { from: '2026-03-02', to: '2026-03-03' } },
    counts: { 'series[0].points[].complete': [true, false] },
  },
  {
    rule: 'a breakdown counts a user in each value held; the rest is counted anew, never added up',
    events: `
      ann 10:00 visit country=DE
      ann 10:01 visit country=US
      ann 10:02 visit country=EG
      bob 10:00 visit country=DE
      cleo 10:00 visit`,
    report: { kind: 'trend', measure: 'users', breakdown: 'country', limit: 1 },
    counts: { 'series[].key': ['DE', '(other)'], 'series[].total': [2, 2] },
  },
  {
    rule: 'a missing value is "(none)", equal totals stand in order of code points',
    events: `
      ann 10:00 visit country=b
      ann 10:00 visit country=B
      ann 10:00 visit`,
    report: { kind: 'trend', breakdown: 'country' },
    counts: { 'series[].key': ['(none)', 'B', 'b'] },
  },
  {
    rule: 'an empty bucket is 0, or null for an aggregate; text that is a number counts',
    events: `
      ann 10:00 buy amount=10
      ann 10:00 buy amount="5"
      ann 10:00 buy amount=x`,
    report: {
      kind: 'trend',
      measure: { aggregate: 'sum', field: 'properties.amount' },
      range: { from: '2026-03-02', to: '2026-03-03' },
    },
    counts: { 'series[0].points[].value': [15, null] },
  },
  {
    rule: 'percentiles are the nearest rank: the ceil(p·n)-th smallest',
    events: `
      ann 10:00 buy amount=1
      ann 10:00 buy amount=2
      ann 10:00 buy amount=3
      ann 10:00 buy amount=4`,
    report: { kind: 'trend', measure: { aggregate: 'median', field: 'properties.amount' } },
    counts: { 'series[0].total': 2 },
  },
  {
    rule: 'time on a page is what was measured, else the time to the next event of the session',
    events: `
      ann 10:00 page_view
      ann 10:01 click
      ann 10:02 page_view duration=5
      ann 10:03 page_view`,
    report: { kind: 'trend', measure: { aggregate: 'sum', field: 'durationSec' }, event: 'page_view' },
    counts: { 'series[0].total': 65 },
  },
  {
    rule: 'previousSameWeekday steps back whole weeks; points pair by their index',
    events: `
      ann 02-23T10:00 visit
      ann 10:00 visit
      ann 11:00 visit`,
    report: { kind: 'trend', compare: 'previousSameWeekday' },
    counts: { 'series[0].points[0].value': 2, 'series[0].points[0].previous': 1 },
  },
  {
    rule: 'the list behind a point holds exactly its users',
    events: `
      ann 10:00 visit country=DE
      bob 10:00 visit country=US
      bob 11:00 visit country=US`,
    report: {
      kind: 'trend',
      measure: 'users',
      breakdown: 'country',
      users: { at: '2026-03-02T00:00:00.000Z', series: 'US' },
    },
    counts: { list: [{ userId: 'bob' }] },
  },
  {
    rule: 'hours of the week lie over each other: 168 points from the first hour of the week',
    events: `
      ann 10:00 visit
      ann 03-09T10:30 visit
      ann 03-03T00:00 visit`,
    report: { kind: 'trend', interval: 'hourOfWeek', range: { from: '2026-03-02', to: '2026-03-15' } },
    counts: {
      'series[0].points.length': 168,
      'series[0].points[10].value': 2,
      'series[0].points[24].value': 1,
    },
  },
];
