import { expect, it } from 'vitest';
import { parseReport, type ReportOf } from '../../../shared/reports/report';
import { draftOfReport, EMPTY_FUNNEL, funnelReport, moveEntry, newStep, stepEvent } from './funnelDraft';

const base = {
  version: 1,
  range: { last: '30d', timezone: 'UTC', weekStart: 'monday' },
  filters: [],
} as const;

it('a funnel is a report from its second step on', () => {
  const one = { ...EMPTY_FUNNEL, steps: [newStep('a')] };
  expect(funnelReport(one, { ...base, filters: [] }, 'day')).toBeUndefined();
  const two = {
    ...one,
    steps: [newStep('a'), newStep('b')],
    exclusions: [{ event: 'x', afterStep: 2, beforeStep: 3 }],
  };
  const report = funnelReport(two, { ...base, filters: [] }, 'day');
  expect(parseReport(report)).toMatchObject({ kind: 'funnel', steps: ['a', 'b'], exclusions: [] });
});

it('a step of several events carries its conditions on each', () => {
  const where = [{ field: 'device', op: 'eq', value: 'mobile' } as const];
  expect(stepEvent({ ...newStep('a'), events: ['a', 'b'], where })).toEqual({
    anyOf: [
      { event: 'a', where },
      { event: 'b', where },
    ],
  });
});

it('building an opened report again gives the same report', () => {
  const steps = [
    { anyOf: ['a', 'b'], label: 'Start' },
    { event: 'c', where: [{ field: 'os', op: 'eq', value: 'iOS' }] },
    { anyOf: ['d', { event: 'e', where: [{ field: 'os', op: 'eq', value: 'iOS' }] }] },
  ];
  const report = parseReport({
    ...base,
    kind: 'funnel',
    steps,
    order: 'strict',
    exclusions: [
      { event: 'x', afterStep: 1, beforeStep: 2 },
      {
        event: { anyOf: ['y', { event: 'z', where: [{ field: 'device', op: 'eq', value: 'tablet' }] }] },
        afterStep: 1,
        beforeStep: 3,
      },
    ],
    breakdown: 'country',
    attribution: 'step:2',
    limit: 3,
    interval: 'week',
    title: 'Checkout',
  });
  const again = parseReport(
    funnelReport(draftOfReport(report as ReportOf<'funnel'>), { ...base, filters: [] }, 'day', 'Checkout'),
  );
  expect(again).toEqual(report);
});

it('steps move', () => {
  expect(moveEntry(['a', 'b', 'c'], 2, 0)).toEqual(['c', 'a', 'b']);
  expect(moveEntry(['a', 'b', 'c'], 0, 9)).toEqual(['b', 'c', 'a']);
});
