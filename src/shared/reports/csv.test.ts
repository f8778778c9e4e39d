import { describe, expect, it } from 'vitest';
import { resultToCsv } from './csv';
import { csvCell, csvLine, readCsvText } from './csvCells';
import type { AnyResult, KpiFigures } from './result';

const provenance: AnyResult['provenance'] = {
  executor: 'pipeline',
  database: 'shop',
  timezone: 'UTC',
  from: '2026-01-01T00:00:00.000Z',
  to: '2026-01-02T00:00:00.000Z',
  generatedAt: '2026-01-02T00:00:00.000Z',
  dataThrough: null,
  elapsedMs: 1,
  documentsExamined: null,
};
const common = { title: '', definition: [], provenance };
const figures: KpiFigures = {
  users: 4,
  newUsers: 1,
  sessions: 6,
  events: 20,
  pageViews: 9,
  purchases: 0,
  bounceRate: 0.5,
  meanSessionSeconds: 1.25,
  medianSessionSeconds: null,
  stickiness: null,
  activeDays: [
    { days: 1, users: 3 },
    { days: 4, users: 1 },
  ],
};

describe('csvCell', () => {
  it('quotes what would break a line and doubles quotes', () => {
    expect(csvLine(['a,b', 'say "x"', 'two\nlines', 'plain', 3, true, null])).toBe(
      '"a,b","say ""x""","two\nlines",plain,3,true,',
    );
  });

  it.each(['=1+1', '+41', '-cmd', '@SUM(A1)', '\tx', '\rx', "'=1", "''x"])(
    'makes %j harmless, and reading gives it back',
    (text) => {
      const cell = csvCell(text).replace(/^"|"$/g, '');
      expect(cell.startsWith("'")).toBe(true);
      expect(readCsvText(cell)).toBe(text);
    },
  );

  it('leaves negative numbers numbers', () => {
    expect(csvLine([-5, '-5', '-5.25e3'])).toBe('-5,-5,-5.25e3');
  });
});

describe('resultToCsv', () => {
  it('writes kpis with the previous period and the days people were active', () => {
    const result: AnyResult = {
      ...common,
      kind: 'kpis',
      data: { ...figures, previous: { ...figures, users: 2, activeDays: [{ days: 2, users: 2 }] } },
    };
    const lines = resultToCsv(result).split('\n');
    expect(lines[0]).toBe('kpi,value,previous');
    expect(lines[1]).toBe('users,4,2');
    expect(lines).toContain('medianSessionSeconds,,');
    expect(lines.slice(-4)).toEqual(['activeDays.1,3,0', 'activeDays.2,0,2', 'activeDays.4,1,0', '']);
  });

  it('writes a trend', () => {
    const at = '2026-01-01T00:00:00.000Z';
    const result: AnyResult = {
      ...common,
      kind: 'trend',
      data: {
        interval: 'day',
        series: [{ key: '=x', total: 3, points: [{ at, value: 3, complete: true, previous: null }] }],
      },
    };
    expect(resultToCsv(result)).toBe(`series,at,value,complete,previous\n'=x,${at},3,true,\n`);
  });

  it('writes a funnel, then its breakdown', () => {
    const none = { median: null, mean: null, p90: null };
    const step = (label: string, count: number) => ({
      label,
      count,
      ofFirst: 1,
      ofPrevious: 0.5,
      dropped: 2,
      undecided: 0,
      secondsFromPrevious: { ...none, median: 12.5 },
      secondsFromFirst: none,
    });
    const result: AnyResult = {
      ...common,
      kind: 'funnel',
      data: {
        steps: [step('a', 4), step('b', 2)],
        entrants: 4,
        converted: 2,
        timeToConvert: [],
        breakdown: [{ value: 'mobile', steps: [step('a', 1), step('b', 0)] }],
        trend: [],
        timeline: [],
      },
    };
    expect(resultToCsv(result).split('\n')).toEqual([
      'breakdown,step,label,count,ofFirst,ofPrevious,dropped,undecided,medianSecondsFromPrevious',
      ',1,a,4,1,0.5,2,0,12.5',
      ',2,b,2,1,0.5,2,0,12.5',
      'mobile,1,a,1,1,0.5,2,0,12.5',
      'mobile,2,b,0,1,0.5,2,0,12.5',
      '',
    ]);
  });

  it('writes paths and retention', () => {
    const paths: AnyResult = {
      ...common,
      kind: 'paths',
      data: { unit: 'session', units: 2, nodes: [], links: [{ position: 1, from: 'a', to: 'b', count: 2 }] },
    };
    expect(resultToCsv(paths)).toBe('position,from,to,count\n1,a,b,2\n');
    const at = '2026-01-01T00:00:00.000Z';
    const retention: AnyResult = {
      ...common,
      kind: 'retention',
      data: {
        interval: 'day',
        cohorts: [{ at, size: 3, cells: [{ period: 0, users: 3, complete: true }] }],
        mean: [1],
      },
    };
    expect(resultToCsv(retention)).toBe(`cohort,size,period,users,complete\n${at},3,0,3,true\n`);
  });

  it('writes the list when one was asked for', () => {
    const users = [{ userId: 'u,1', sessionId: 's', reachedStep: 1, reason: 'noNextEvent' as const }];
    const result: AnyResult = { ...common, kind: 'kpis', data: figures, users };
    expect(resultToCsv(result)).toBe('userId,sessionId,reachedStep,reason\n"u,1",s,1,noNextEvent\n');
  });
});
