import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { parseReport, type ReportInput } from '../../../shared/reports/report';
import { openStreamDatabase, type StreamDatabase } from '../../differential/database';
import { storedOf } from '../../examples/example';
import { runRecorded } from '../runReport';

const NOW = Date.parse('2026-04-01T00:00:00Z');
const range = { from: '2026-03-02', to: '2026-03-05', timezone: 'UTC' };

let database: StreamDatabase;
beforeAll(async () => {
  database = await openStreamDatabase(inject('mongoUri'), 'count_starts_int');
});
afterAll(() => database.close());

interface Case {
  readonly name: string;
  readonly events: string;
  readonly identities?: Record<string, string>;
  readonly starts: readonly number[];
  /** Whether the sessions are counted without being gathered. */
  readonly isCounted: boolean;
  readonly report?: Record<string, unknown>;
}

const cases: readonly Case[] = [
  {
    name: 'ids of one person each, two of which cross an edge',
    events: `
      ann 03-01T23:00 visit session=s1
      ann 03-02T01:00 visit session=s1
      ann 03-02T02:00 visit session=s2
      bob 03-03T23:50 visit session=s3
      bob 03-04T00:10 visit session=s3
      bob 03-05T10:00 visit session=s4
      cleo 03-05T23:59 visit session=s5
      cleo 03-06T00:01 visit session=s5`,
    starts: [1, 1, 0, 2],
    isCounted: true,
  },
  {
    name: 'an id of a visitor who was identified during the session',
    events: `
      anon 03-02T01:00 visit session=s1
      ann 03-02T02:00 visit session=s1
      ann 03-05T02:00 visit session=s2`,
    identities: { anon: 'ann' },
    starts: [1, 0, 0, 1],
    isCounted: true,
  },
  {
    name: 'an id that two people share in one stretch',
    events: `
      ann 03-02T01:00 visit session=s1
      bob 03-02T02:00 visit session=s1
      ann 03-05T02:00 visit session=s2`,
    starts: [2, 0, 0, 1],
    isCounted: false,
  },
  {
    name: 'an id that two people share across the middle of the range',
    events: `
      ann 03-03T23:00 visit session=s1
      bob 03-04T01:00 visit session=s1
      ann 03-05T23:00 visit session=s2`,
    starts: [0, 1, 1, 1],
    isCounted: false,
  },
  {
    name: 'an id that somebody had before the range, and somebody else in it',
    events: `
      ann 03-01T23:00 visit session=s1
      bob 03-02T01:00 visit session=s1
      bob 03-05T23:00 visit session=s2`,
    starts: [1, 0, 0, 1],
    isCounted: false,
  },
  {
    name: 'a session that pauses for longer than is looked back',
    events: `
      ann 02-20T23:00 visit session=s1
      ann 03-02T01:00 visit session=s1
      bob 03-05T23:00 visit session=s2`,
    starts: [0, 0, 0, 1],
    isCounted: false,
  },
  {
    name: 'events without a session id',
    events: `
      ann 03-02T01:00 visit session=s1
      ann 03-02T01:00 visit
      bob 03-05T23:00 visit session=s2`,
    starts: [2, 0, 0, 1],
    isCounted: false,
  },
  {
    name: 'only some of the events',
    events: `
      ann 03-02T01:00 visit session=s1
      bob 03-05T23:00 click session=s2`,
    report: { event: 'visit' },
    starts: [1, 0, 0, 0],
    isCounted: false,
  },
];

describe('a trend of sessions', () => {
  it.each(cases.map((given) => [given.name, given] as const))('with %s', async (_, given) => {
    await database.load(storedOf({ rule: given.name, counts: {}, report: {}, ...given }));
    const report = parseReport({
      version: 1,
      kind: 'trend',
      measure: 'sessions',
      range,
      ...given.report,
    } as ReportInput);
    const { result, run } = await runRecorded({
      report,
      source: database.source,
      now: NOW,
      reading: { slicedFrom: 0 },
    });
    if (result.kind !== 'trend') throw new Error('Expected a trend.');
    expect(result.data.series[0]?.points.map(({ value }) => value)).toEqual(given.starts);
    expect(result.data.series[0]?.total).toBe(given.starts.reduce((sum, n) => sum + n, 0));
    const purposes = run.calls.map(({ purpose }) => purpose);
    expect(!purposes.includes('sessions')).toBe(given.isCounted);
    expect(purposes.includes('session ids by their first event')).toBe(
      given.isCounted || !/without|only/.test(given.name),
    );
  });
});
