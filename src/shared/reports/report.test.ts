import { describe, expect, it } from 'vitest';
import { WaymarkError } from '../errors';
import { parseReport } from './report';

const funnel = { version: 1, kind: 'funnel', range: { last: '7d' }, steps: ['visit', 'purchase'] };
const trend = { version: 1, kind: 'trend', range: { last: '7d' } };

/** How a report is refused: the key's path and the sentence. */
function refusalOf(input: unknown): { path: string | undefined; message: string } {
  try {
    parseReport(input);
  } catch (error) {
    if (error instanceof WaymarkError && error.code === 'badReport') {
      return { path: error.path, message: error.message };
    }
    throw error;
  }
  throw new Error(`Accepted: ${JSON.stringify(input)}`);
}

describe('a report', () => {
  it('gets every default', () => {
    expect(parseReport(funnel)).toMatchObject({
      title: '',
      filters: [],
      range: { last: '7d', timezone: 'UTC', weekStart: 'monday' },
      order: 'ordered',
      windowSeconds: 604_800,
      windowPerStep: false,
      entry: 'best',
      stepsWithinRange: false,
      exclusions: [],
      exclusionRule: 'stop',
      countBy: 'users',
      attribution: 'first',
      limit: 10,
      interval: 'day',
    });
    expect(parseReport({ ...trend })).toMatchObject({ measure: 'events', event: '*', compare: 'none' });
    expect(parseReport({ version: 1, kind: 'paths', range: { last: '7d' } })).toMatchObject({
      unit: 'session',
      by: 'event',
      hide: [],
      steps: 5,
      collapseRepeats: true,
      topNodes: 8,
    });
    expect(
      parseReport({ version: 1, kind: 'retention', range: { last: '7d' }, start: 'visit' }),
    ).toMatchObject({
      return: '*',
      cohort: 'firstTime',
      interval: 'day',
      periods: 8,
      rule: 'on',
      rolling: false,
    });
    expect(parseReport({ version: 1, kind: 'users', range: { last: '7d' } })).toMatchObject({
      sort: '-lastActive',
      limit: 50,
    });
  });

  it('lends its zone and week start to the ranges within its filters', () => {
    const range = { last: '7d', timezone: 'Africa/Cairo', weekStart: 'sunday' };
    const did = { did: 'visit', range: { last: '1d' } };
    const own = { didNot: 'visit', range: { last: '1d', timezone: 'UTC' } };
    const parsed = parseReport({ ...funnel, range, filters: [{ anyOf: [did] }, own] });
    expect(parsed.filters).toMatchObject([
      { anyOf: [{ did: 'visit', atLeast: 1, range: { timezone: 'Africa/Cairo', weekStart: 'sunday' } }] },
      { didNot: 'visit', range: { timezone: 'UTC', weekStart: 'sunday' } },
    ]);
  });

  it('takes a property that is called like a range', () => {
    const filters = [{ field: 'properties.range', op: 'eq', value: 'x' }];
    expect(parseReport({ ...funnel, filters }).filters).toEqual(filters);
  });
});

describe('a refused report', () => {
  const cases: [string, unknown, string, RegExp][] = [
    ['no object', null, '', /is null; allowed is an object/],
    ['no kind', { version: 1 }, 'kind', /missing; allowed: "kpis", "trend"/],
    ['a later version', { ...trend, version: 2 }, 'version', /is 2; allowed: 1/],
    ['an unknown key', { ...trend, filter: [] }, 'filter', /unknown key "filter"; allowed are .*filters/],
    [
      'an unknown key in an event',
      { ...funnel, steps: ['a', { event: 'b', whre: [] }] },
      'steps[1].whre',
      /allowed are event, where, label/,
    ],
    [
      'an unknown key deep in an event',
      { ...funnel, steps: ['a', { anyOf: ['b', { event: 'c', z: 1 }] }] },
      'steps[1].anyOf[1].z',
      /"z"/,
    ],
    [
      'an event that is a number',
      { ...funnel, steps: ['a', 5] },
      'steps[1]',
      /is 5; allowed is an event name/,
    ],
    ['one step', { ...funnel, steps: ['a'] }, 'steps', /2 to 20 steps/],
    ['21 steps', { ...funnel, steps: Array<string>(21).fill('a') }, 'steps', /2 to 20 steps/],
    ['a window of nothing', { ...funnel, windowSeconds: 0 }, 'windowSeconds', /is 0; allowed is more than 0/],
    [
      'a window in words',
      { ...funnel, windowSeconds: '1h' },
      'windowSeconds',
      /is "1h"; allowed is a number/,
    ],
    [
      'from after to',
      { ...funnel, range: { from: '2026-02-01', to: '2026-01-01' } },
      'range.to',
      /ends before it begins/,
    ],
    [
      'an unknown zone',
      { ...funnel, range: { last: '7d', timezone: 'Mars/Base' } },
      'range.timezone',
      /IANA name/,
    ],
    [
      'a week start that is none',
      { ...funnel, range: { last: '7d', weekStart: 'Mon' } },
      'range.weekStart',
      /"monday"/,
    ],
    [
      'a key of the other form of range',
      { ...funnel, range: { last: '7d', to: '2026-01-01' } },
      'range.to',
      /unknown key/,
    ],
    ['no range', { version: 1, kind: 'kpis' }, 'range', /missing/],
    [
      'an exclusion that ends outside the steps',
      { ...funnel, exclusions: [{ event: 'x', afterStep: 1, beforeStep: 3 }] },
      'exclusions[0].beforeStep',
      /up to 2/,
    ],
    [
      'an exclusion that begins at the last step',
      { ...funnel, exclusions: [{ event: 'x', afterStep: 2, beforeStep: 2 }] },
      'exclusions[0].afterStep',
      /from 1 to 1/,
    ],
    [
      'attribution to a step that is not there',
      { ...funnel, attribution: 'step:3' },
      'attribution',
      /from 1 to 2/,
    ],
    [
      'attribution to a step in any order',
      { ...funnel, order: 'any', attribution: 'step:1' },
      'attribution',
      /"first"/,
    ],
    [
      'the last step as attribution in any order',
      { ...funnel, order: 'any', attribution: 'last' },
      'attribution',
      /"first"/,
    ],
    [
      'the list of a drop before step 1',
      { ...funnel, users: { step: 1, outcome: 'dropped' } },
      'users.step',
      /step 2/,
    ],
    [
      'a list by value without a breakdown',
      { ...funnel, users: { step: 1, value: 'x' } },
      'users.value',
      /breakdown/,
    ],
    [
      'an unknown operator',
      { ...trend, filters: [{ field: 'device', op: 'like', value: 'x' }] },
      'filters[0].op',
      /allowed: eq, ne, in/,
    ],
    [
      'an unknown field',
      { ...trend, filters: [{ field: 'colour', op: 'eq', value: 'x' }] },
      'filters[0].field',
      /properties\.NAME/,
    ],
    [
      'a field that is an operator',
      { ...trend, filters: [{ field: 'properties.$where', op: 'eq', value: 'x' }] },
      'filters[0].field',
      /properties\.NAME/,
    ],
    [
      'a value that is a list',
      { ...trend, filters: [{ field: 'device', op: 'eq', value: ['x'] }] },
      'filters[0].value',
      /allowed is text, a number or true or false/,
    ],
    [
      'an order on words',
      { ...trend, filters: [{ field: 'device', op: 'gte', value: 'abc' }] },
      'filters[0].value',
      /a number, or a date/,
    ],
    [
      'an empty list',
      { ...trend, filters: [{ field: 'device', op: 'in', values: [] }] },
      'filters[0].values',
      /must not be empty/,
    ],
    ['no times', { ...trend, filters: [{ did: 'x', atLeast: 0 }] }, 'filters[0].atLeast', /at least 1/],
    ['a limit of nothing', { ...trend, limit: 0 }, 'limit', /at least 1/],
    ['half a limit', { ...trend, limit: 2.5 }, 'limit', /a whole number/],
    [
      'an unknown aggregate',
      { ...trend, measure: { aggregate: 'max', field: 'durationSec' } },
      'measure.aggregate',
      /"sum"/,
    ],
    ['an unknown measure', { ...trend, measure: 'clicks' }, 'measure', /"events"/],
    ['a point that is no instant', { ...trend, users: { at: 'today' } }, 'users.at', /an instant/],
    [
      'too many positions',
      { version: 1, kind: 'paths', range: { last: '7d' }, steps: 21 },
      'steps',
      /at most 20/,
    ],
    [
      'a list beyond the last position',
      { version: 1, kind: 'paths', range: { last: '7d' }, steps: 3, users: { position: 4, from: 'visit' } },
      'users.position',
      /is 4; allowed is a position from 1 to 3/,
    ],
    [
      'a link that would begin at the last position',
      {
        version: 1,
        kind: 'paths',
        range: { last: '7d' },
        users: { position: 5, from: 'visit', to: 'cart' },
      },
      'users.position',
      /allowed is a position from 1 to 4/,
    ],
    [
      'no start',
      { version: 1, kind: 'retention', range: { last: '7d' } },
      'start',
      /missing; allowed is an event name/,
    ],
    ['no user', { version: 1, kind: 'journey', range: { last: '7d' } }, 'userId', /missing; allowed is text/],
  ];
  it.each(cases)('for %s names the key and what is allowed', (_, input, path, sentence) => {
    const refusal = refusalOf(input);
    expect(refusal.path).toBe(path);
    expect(refusal.message).toMatch(sentence);
    expect(refusal.message).not.toMatch(/Invalid|Too small|Too big|Unrecognized/);
  });

  it('for what JSON cannot hold, for what unfolds without end, says so', () => {
    expect(refusalOf({ ...trend, limit: 10n ** 30n }).message).toMatch(/limit is "10+n"/);
    let list: unknown = ['x'];
    for (let level = 0; level < 80; level += 1) list = [list, list];
    expect(refusalOf({ ...trend, filters: list }).message).toMatch(/more than 500,000 values/);
    const circle: Record<string, unknown> = { ...trend };
    circle['filters'] = circle;
    expect(refusalOf(circle).message).toMatch(/nested/);
  });

  it('for being nested too deeply says so, however deep', () => {
    let filter: unknown = { field: 'device', op: 'exists' };
    for (let level = 0; level < 50_000; level += 1) filter = { anyOf: [filter] };
    expect(refusalOf({ ...trend, filters: [filter] }).message).toMatch(/nested/);
  });
});
