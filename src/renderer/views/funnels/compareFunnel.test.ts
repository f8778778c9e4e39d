import { expect, it } from 'vitest';
import { resolveRange } from '../../../shared/time/range';
import { DEFAULT_SCOPE, reportRange } from '../../state/scope';
import { compareFunnel } from './compareFunnel';

const range = reportRange({ from: '2026-03-10', to: '2026-03-12' }, 'Europe/Berlin', 'monday');
const mobile = { field: 'device', op: 'eq', value: 'mobile' } as const;
const desktop = { field: 'device', op: 'eq', value: 'desktop' } as const;
const german = { field: 'country', op: 'eq', value: 'DE' } as const;
const library = {
  dashboards: [],
  annotations: [],
  segments: [
    { id: 'm', name: 'Mobile', filters: [mobile] },
    { id: 'd', name: 'Desktop', filters: [desktop] },
  ],
};
const scope = { ...DEFAULT_SCOPE, segment: 'm', chips: [{ id: '1', filter: german, muted: false }] };
const base = { version: 1, range, filters: [mobile, german] } as const;
const shown = { ...base, filters: [mobile, german], kind: 'funnel' as const, steps: ['a', 'b'] };
const of = { scope, library, range: resolveRange(range, 0), base: { ...base, filters: [] } };

it('another segment takes the place of the window’s, under the same filters', () => {
  const { report, names } = compareFunnel(shown, 'd', of);
  expect(report?.filters).toEqual([desktop, german]);
  expect(names).toEqual({ shown: 'Mobile', other: 'Desktop' });
  expect(compareFunnel(shown, 'everybody', of).report?.filters).toEqual([german]);
});

it('an earlier period has the same length and the same people', () => {
  const { report } = compareFunnel(shown, 'previous', of);
  expect(report?.range).toMatchObject({ from: '2026-03-06T23:00:00.000Z', to: '2026-03-09T23:00:00.000Z' });
  expect(report?.filters).toEqual([mobile, german]);
  expect(compareFunnel(shown, 'previousSameWeekday', of).report?.range).toMatchObject({
    from: '2026-03-02T23:00:00.000Z',
  });
});

it('a segment that is gone compares with nothing', () => {
  expect(compareFunnel(shown, 'gone', of)).toEqual({ report: null, names: null });
});
