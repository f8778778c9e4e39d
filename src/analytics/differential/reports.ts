import fc from 'fast-check';
import { WEEK_DAYS } from '../../shared/time/calendar';
import { USER_SORTS, type ReportKind } from '../../shared/reports/report';
import type { Stream } from './streams';
import { ANONYMOUS_IDS, EVENT_TYPES, FIELD_VALUES, USER_IDS, ZONES } from './vocabulary';

/** A report as it stands in a file, before it is parsed. */
export type ReportFile = Record<string, unknown>;

const DAY = 24 * 3_600_000;

const FIELDS = Object.keys(FIELD_VALUES);

/** Sometimes a value, otherwise the key is left out so that its default is used. */
function maybe<T>(arbitrary: fc.Arbitrary<T>, given = 2, left = 1): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: given, arbitrary }, { weight: left, arbitrary: fc.constant(undefined) });
}

function withoutUndefined(object: ReportFile): ReportFile {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}

/** Whether a value may stand behind `lt` and its like. */
function hasOrder(value: unknown): boolean {
  return typeof value === 'number' || (typeof value === 'string' && /^-?\d/.test(value));
}

const conditions: fc.Arbitrary<ReportFile> = fc.constantFrom(...FIELDS).chain((field) => {
  const values = FIELD_VALUES[field] ?? [];
  const value = fc.constantFrom(...values);
  const bound = fc.constantFrom(...values.filter(hasOrder), 5, '10', '2026-03-01', '2026-03-01T00:00:00Z');
  const text = fc
    .constantFrom(...values)
    .chain((one) => fc.constantFrom(String(one), String(one).toUpperCase(), String(one).slice(0, 2), 'ö'))
    .filter((one) => one.length > 0);
  return fc.oneof(
    fc.record({ field: fc.constant(field), op: fc.constantFrom('eq', 'eq', 'ne'), value }),
    fc.record({ field: fc.constant(field), op: fc.constantFrom('lt', 'lte', 'gt', 'gte'), value: bound }),
    fc.record({
      field: fc.constant(field),
      op: fc.constantFrom('in', 'nin'),
      values: fc.uniqueArray(value, { minLength: 1, maxLength: 3 }),
    }),
    fc.record({ field: fc.constant(field), op: fc.constant('exists'), value: fc.boolean() }),
    fc.record({ field: fc.constant(field), op: fc.constantFrom('contains', 'startsWith'), value: text }),
  );
});

const eventType = fc.constantFrom(...EVENT_TYPES);

/** Conditions that most events pass, so that filtered reports still have something to say. */
const mild: fc.Arbitrary<ReportFile> = fc.constantFrom<ReportFile>(
  { field: 'eventType', op: 'ne', value: 'click' },
  { field: 'device', op: 'in', values: ['desktop', 'mobile'] },
  { field: 'properties.plan', op: 'ne', value: 'pro' },
  { field: 'page.path', op: 'exists', value: true },
  { field: 'properties.amount', op: 'gte', value: 0 },
  { field: 'properties.amount', op: 'lte', value: '10' },
  { field: 'properties.amount', op: 'gt', value: -3 },
  { field: 'properties.amount', op: 'lt', value: 20 },
  { field: 'properties.when', op: 'lte', value: '2026-03-01' },
  { field: 'user.createdAt', op: 'lt', value: '2026-12-01' },
  { field: 'durationSec', op: 'lte', value: 30 },
  { field: 'durationSec', op: 'exists', value: true },
  { field: 'page.path', op: 'startsWith', value: '/' },
  { field: 'properties.plan', op: 'contains', value: 'R' },
  { field: 'user.traits.tier', op: 'ne', value: 'silver' },
  { field: 'userId', op: 'ne', value: 'u1' },
  { field: 'userId', op: 'nin', values: ['anna', 'anon-1'] },
  { field: 'sessionId', op: 'ne', value: 's1' },
  { field: 'browser', op: 'in', values: ['Firefox', 'Chrome'] },
  { field: 'os', op: 'ne', value: 'Linux' },
  { field: 'country', op: 'ne', value: 'DE' },
);

function dates(stream: Stream): fc.Arbitrary<ReportFile> {
  const span = Math.max(1, Math.ceil(stream.reach / DAY));
  return fc
    .tuple(fc.integer({ min: -span, max: span }), fc.constantFrom(0, 0, 1, 2, 6, 7, Math.min(span, 40)))
    .map(([first, more]) => {
      const start = Date.parse(new Date(stream.anchor + first * DAY).toISOString().slice(0, 10));
      const text = (days: number): string => new Date(start + days * DAY).toISOString().slice(0, 10);
      return { from: text(0), to: text(more) };
    });
}

/** Dates that hold most of the stream, and beyond. */
function wideDates(stream: Stream): fc.Arbitrary<ReportFile> {
  const text = (at: number): string => new Date(at).toISOString().slice(0, 10);
  return fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 2 })).map(([before, after]) => ({
    from: text(stream.anchor - stream.reach * 0.8 - before * DAY),
    to: text(stream.anchor + stream.reach * 0.6 + after * DAY),
  }));
}

function instants(stream: Stream): fc.Arbitrary<ReportFile> {
  const { reach } = stream;
  const step = reach > 3 * DAY ? DAY / 2 : 10 * 60_000;
  const steps = Math.ceil(reach / step);
  return fc
    .tuple(
      fc.integer({ min: -steps, max: Math.floor(steps / 2) }),
      fc.integer({ min: 1, max: Math.min(steps * 2, 120) }),
      fc.constantFrom(0, 0, 1, -1, 123),
    )
    .map(([first, more, jitter]) => {
      const from = stream.anchor + first * step + jitter;
      return { from: new Date(from).toISOString(), to: new Date(from + more * step).toISOString() };
    });
}

/** The last days or hours: mostly so many that they reach back into the stream. */
function lasts(stream: Stream): fc.Arbitrary<ReportFile> {
  const days = Math.max(1, Math.ceil((stream.now - stream.anchor + stream.reach * 0.5) / DAY));
  return fc
    .oneof(
      fc.constantFrom(days, days + 1, days + 3, Math.ceil(days / 2), 1).map((count) => `${count}d`),
      fc.constantFrom(days * 24, days * 24 - 7, 24).map((count) => `${count}h`),
    )
    .map((last) => ({ last }));
}

function ranges(stream: Stream): fc.Arbitrary<ReportFile> {
  return fc
    .tuple(
      fc.oneof(
        { weight: 6, arbitrary: wideDates(stream) },
        { weight: 1, arbitrary: dates(stream) },
        { weight: 2, arbitrary: instants(stream) },
        { weight: 2, arbitrary: lasts(stream) },
      ),
      fc.oneof(
        { weight: 3, arbitrary: fc.constant<string | undefined>(stream.zone) },
        { weight: 2, arbitrary: fc.constantFrom<string | undefined>(...ZONES, 'UTC', undefined) },
      ),
      maybe(fc.constantFrom(...WEEK_DAYS)),
    )
    .map(([range, timezone, weekStart]) => withoutUndefined({ ...range, timezone, weekStart }));
}

function qualified(stream: Stream): fc.Arbitrary<unknown> {
  return fc
    .record({
      event: fc.constantFrom(...EVENT_TYPES, '*'),
      where: maybe(fc.array(filters(stream, 1), { maxLength: 2 })),
      label: maybe(fc.constant('A label'), 1, 2),
    })
    .map(withoutUndefined);
}

/** An event of a report in all its forms. */
function events(stream: Stream): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 6, arbitrary: eventType },
    { weight: 1, arbitrary: fc.constant('*') },
    { weight: 4, arbitrary: qualified(stream) },
    {
      weight: 2,
      arbitrary: fc
        .array(fc.oneof(eventType, qualified(stream)), { minLength: 1, maxLength: 3 })
        .map((anyOf) => ({ anyOf })),
    },
  );
}

function filters(stream: Stream, depth: number): fc.Arbitrary<unknown> {
  const leaves = [
    { weight: 5, arbitrary: conditions },
    { weight: 3, arbitrary: mild },
  ];
  if (depth === 0) return fc.oneof(...leaves);
  const event = fc.oneof(
    eventType,
    fc.record({ event: eventType, where: fc.array(conditions, { maxLength: 1 }) }),
  );
  const range = maybe(ranges(stream), 1, 2);
  const deeds = fc.oneof(
    fc.record({ did: event, atLeast: maybe(fc.integer({ min: 1, max: 4 })), range }),
    fc.record({ didNot: event, range }),
  );
  return fc.oneof(
    ...leaves,
    { weight: 2, arbitrary: deeds.map((deed) => withoutUndefined(deed)) },
    {
      weight: 1,
      arbitrary: fc
        .array(fc.oneof(mild, filters(stream, depth - 1)), { minLength: 1, maxLength: 3 })
        .map((anyOf) => ({ anyOf })),
    },
  );
}

function base(stream: Stream): Record<string, fc.Arbitrary<unknown>> {
  return {
    version: fc.constant(1),
    title: maybe(fc.constant('Random'), 1, 3),
    range: ranges(stream),
    filters: fc.oneof(
      { weight: 5, arbitrary: fc.constant(undefined) },
      { weight: 3, arbitrary: fc.array(mild, { minLength: 1, maxLength: 1 }) },
      { weight: 4, arbitrary: fc.array(filters(stream, 2), { minLength: 1, maxLength: 1 }) },
      { weight: 1, arbitrary: fc.array(filters(stream, 2), { minLength: 2, maxLength: 2 }) },
    ),
  };
}

const compare = maybe(fc.constantFrom('none', 'previous', 'previousSameWeekday'));
const breakdown = fc.constantFrom(...FIELDS);
const limit = maybe(fc.constantFrom(1, 2, 3, 10));

/** Hours make many points; a long range takes a coarser axis. */
function intervals(stream: Stream): fc.Arbitrary<unknown> {
  const fine = stream.reach <= 3 * DAY ? (['hour'] as const) : ([] as const);
  return maybe(fc.constantFrom('day', 'week', 'month', 'hourOfWeek', ...fine, ...fine), 5, 1);
}

function trends(stream: Stream): Record<string, fc.Arbitrary<unknown>> {
  const aggregates = fc.record({
    aggregate: fc.constantFrom('sum', 'mean', 'median', 'p90'),
    field: fc.constantFrom(
      'durationSec',
      'durationSec',
      'properties.amount',
      'properties.tags',
      'user.traits.score',
    ),
  });
  return {
    measure: maybe(
      fc.oneof(
        { weight: 3, arbitrary: fc.constantFrom<unknown>('events', 'users', 'sessions') },
        { weight: 3, arbitrary: aggregates },
      ),
      6,
      1,
    ),
    event: maybe(events(stream)),
    interval: intervals(stream),
    breakdown: maybe(breakdown, 1, 1),
    limit,
    compare,
  };
}

function funnels(stream: Stream): Record<string, fc.Arbitrary<unknown>> {
  const { reach } = stream;
  const windows = [
    60,
    600,
    1800,
    3600,
    7200.001,
    0.0015,
    43_200,
    86_400,
    7 * 86_400,
    reach / 1000,
    reach / 4000,
  ];
  const exclusion = fc.record({
    event: events(stream),
    afterStep: fc.integer({ min: 1, max: 3 }),
    beforeStep: fc.integer({ min: 2, max: 4 }),
  });
  return {
    steps: fc.oneof(
      {
        weight: 5,
        arbitrary: fc.array(
          fc.oneof({ weight: 3, arbitrary: eventType }, { weight: 1, arbitrary: events(stream) }),
          {
            minLength: 2,
            maxLength: 4,
          },
        ),
      },
      {
        weight: 1,
        arbitrary: fc.array(fc.constantFrom('*', 'click', 'page_visit'), { minLength: 2, maxLength: 6 }),
      },
    ),
    order: maybe(fc.constantFrom('ordered', 'strict', 'any'), 4, 1),
    windowSeconds: maybe(fc.constantFrom(...windows), 3, 1),
    windowPerStep: maybe(fc.boolean()),
    entry: maybe(fc.constantFrom('best', 'first')),
    stepsWithinRange: maybe(fc.boolean()),
    exclusions: maybe(fc.array(exclusion, { minLength: 1, maxLength: 2 }), 1, 1),
    exclusionRule: maybe(fc.constantFrom('stop', 'void')),
    countBy: maybe(fc.constantFrom('users', 'sessions')),
    breakdown: maybe(breakdown, 1, 1),
    attribution: maybe(fc.constantFrom('first', 'last', 'step:1', 'step:2')),
    limit,
    interval: intervals(stream),
  };
}

function paths(stream: Stream): Record<string, fc.Arbitrary<unknown>> {
  return {
    unit: maybe(fc.constantFrom('session', 'user')),
    by: maybe(fc.constantFrom('event', 'page')),
    start: maybe(events(stream), 1, 1),
    end: maybe(events(stream), 1, 1),
    hide: maybe(fc.array(events(stream), { maxLength: 2 }), 1, 2),
    steps: maybe(fc.constantFrom(2, 3, 4, 5, 7)),
    collapseRepeats: maybe(fc.boolean()),
    topNodes: maybe(fc.integer({ min: 1, max: 4 })),
  };
}

function retentions(stream: Stream): Record<string, fc.Arbitrary<unknown>> {
  return {
    start: events(stream),
    return: maybe(events(stream), 2, 1),
    cohort: maybe(fc.constantFrom('firstTime', 'recurring')),
    interval: maybe(fc.constantFrom('day', 'week', 'month')),
    periods: maybe(fc.integer({ min: 1, max: 9 })),
    rule: maybe(fc.constantFrom('on', 'onOrAfter')),
    rolling: maybe(fc.boolean()),
  };
}

const users: Record<string, fc.Arbitrary<unknown>> = {
  search: maybe(
    fc.constantFrom('an', 'ANN', 'bob', 'u1', 'anna@example.com', 'zo', 'zoë', 'alv', 'anon', '😀'),
    1,
    2,
  ),
  sort: maybe(fc.constantFrom(...USER_SORTS), 4, 1),
  limit: maybe(fc.constantFrom(1, 2, 3, 50)),
};

function journeys(stream: Stream): Record<string, fc.Arbitrary<unknown>> {
  const present = stream.stored.events.map((event) => event.userId);
  return {
    userId: fc.constantFrom(...present, ...present, ...USER_IDS, ...ANONYMOUS_IDS),
    limit: maybe(fc.constantFrom(1, 2, 20)),
  };
}

/** The keys that a kind adds to the base. */
function keysOf(kind: ReportKind, stream: Stream): Record<string, fc.Arbitrary<unknown>> {
  switch (kind) {
    case 'kpis':
      return { compare };
    case 'trend':
      return trends(stream);
    case 'funnel':
      return funnels(stream);
    case 'paths':
      return paths(stream);
    case 'retention':
      return retentions(stream);
    case 'users':
      return users;
    case 'journey':
      return journeys(stream);
  }
}

/** Takes out of a funnel what its schema refuses in combination. */
function reconcile(file: ReportFile): ReportFile {
  if (file['kind'] !== 'funnel') return file;
  const steps = (file['steps'] as unknown[]).length;
  const exclusions = (
    file['exclusions'] as { event: unknown; afterStep: number; beforeStep: number }[] | undefined
  )?.map(({ event, afterStep, beforeStep }) => {
    const after = Math.min(afterStep, steps - 1);
    return { event, afterStep: after, beforeStep: Math.min(Math.max(beforeStep, after + 1), steps) };
  });
  const any = file['order'] === 'any';
  return withoutUndefined({
    ...file,
    exclusions,
    ...(any ? { windowPerStep: undefined, attribution: undefined } : {}),
  });
}

/** Random valid reports of one kind that a stream can answer. */
export function reports(kind: ReportKind, stream: Stream): fc.Arbitrary<ReportFile> {
  return fc.noBias(
    fc
      .record({ kind: fc.constant(kind), ...base(stream), ...keysOf(kind, stream) })
      .map((file) => reconcile(withoutUndefined(file))),
  );
}
