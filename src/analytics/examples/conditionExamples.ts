import type { Example } from './example';

/** What conditions let through; the report counts events. */
export const conditionExamples: readonly Example[] = [
  {
    rule: 'a number equals its text',
    events: `
      ann 10:00 buy amount=5
      ann 10:00 buy amount="5"
      ann 10:00 buy amount="5.0"`,
    report: { kind: 'kpis', filters: [{ field: 'properties.amount', op: 'eq', value: 5 }] },
    counts: { events: 2 },
  },
  {
    rule: 'order compares numbers with numeric text, as numbers',
    events: `
      ann 10:00 buy amount=10
      ann 10:00 buy amount="9"
      ann 10:00 buy amount=many`,
    report: { kind: 'kpis', filters: [{ field: 'properties.amount', op: 'lt', value: 10 }] },
    counts: { events: 1 },
  },
  {
    rule: 'null is missing; what is missing is not equal to anything',
    events: `
      ann 10:00 buy plan=null
      ann 10:00 buy
      ann 10:00 buy plan=pro`,
    report: { kind: 'kpis', filters: [{ field: 'properties.plan', op: 'ne', value: 'pro' }] },
    counts: { events: 2 },
  },
  {
    rule: 'one matching element of an array is enough; for ne none may match',
    events: `
      ann 10:00 buy tags=["a","b"]
      ann 10:00 buy tags=["b"]`,
    report: { kind: 'kpis', filters: [{ field: 'properties.tags', op: 'ne', value: 'a' }] },
    counts: { events: 1 },
  },
  {
    rule: 'contains and startsWith ignore case',
    events: `
      ann 10:00 buy plan=Größe
      ann 10:00 buy plan=klein`,
    report: { kind: 'kpis', filters: [{ field: 'properties.plan', op: 'startsWith', value: 'GRÖ' }] },
    counts: { events: 1 },
  },
  {
    rule: 'did selects users by what they did in the report’s range',
    events: `
      ann 10:00 visit
      ann 03-03T10:00 purchase
      bob 10:00 visit
      bob 11:00 purchase`,
    report: {
      kind: 'kpis',
      filters: [{ did: 'purchase' }, { field: 'eventType', op: 'eq', value: 'visit' }],
    },
    counts: { users: 1 },
  },
  {
    rule: 'didNot selects users who never did it in the range, whatever else they did',
    events: `
      ann 10:00 visit
      ann 03-03T10:00 purchase
      bob 10:00 visit
      bob 11:00 purchase`,
    report: { kind: 'kpis', filters: [{ didNot: 'purchase' }], users: { kpi: 'users' } },
    counts: { users: 1, list: [{ userId: 'ann' }] },
  },
  {
    rule: 'did with a number needs so many, and looks at its own range where it names one',
    events: `
      ann 02-01T10:00 visit
      ann 02-02T10:00 visit
      ann 10:00 visit
      bob 02-01T10:00 visit
      bob 10:00 visit`,
    report: {
      kind: 'kpis',
      filters: [{ did: 'visit', atLeast: 2, range: { from: '2026-02-01', to: '2026-02-28' } }],
    },
    counts: { users: 1, events: 1 },
  },
  {
    rule: 'a boolean equals its text; exists is false for null',
    events: `
      ann 10:00 buy gift=true
      ann 10:00 buy gift="true"
      ann 10:00 buy gift=null
      ann 10:00 buy gift=1`,
    report: {
      kind: 'trend',
      filters: [{ field: 'properties.gift', op: 'exists', value: true }],
      event: { event: 'buy', where: [{ field: 'properties.gift', op: 'eq', value: true }] },
    },
    counts: { 'series[0].total': 2 },
  },
  {
    rule: 'order compares dates with dates, and a date alone is midnight UTC',
    events: `
      ann 10:00 buy due="2026-03-01"
      ann 10:00 buy due="2026-03-01T00:00:00.001Z"
      ann 10:00 buy due=7`,
    report: { kind: 'kpis', filters: [{ field: 'properties.due', op: 'lte', value: '2026-03-01' }] },
    counts: { events: 1 },
  },
];
