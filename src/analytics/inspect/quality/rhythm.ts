import { DAY_MS } from '../../../shared/time/units';
import { accessEventField, elapsedMsExpr } from '../../mapping/fields';
import { selectEvents } from '../../mapping/selection';
import { valueText } from '../../mapping/storedText';
import { eachDocument } from '../../source/source';
import { inspectOptions, type InspectRequest } from '../request';
import { plural, type Finding, type QualityCheck } from './finding';
import { OLDEST_PLAUSIBLE } from './rows';

/** Events of one type on one day (UTC, days since 1970). */
export interface DayCount {
  readonly type: string;
  readonly day: number;
  readonly events: number;
}

/** A type that is missing this many events by its own rhythm has stopped. */
const MISSED_EVENTS = 20;
const LEAST_EVENTS = 50;
const LEAST_DAYS = 5;
const LEAST_SILENT_DAYS = 2;

const dateOf = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

/** The longest run of days without an event between the first and the last of some days. */
function longestPause(days: readonly number[]): number {
  return days.reduce((longest, day, index) => Math.max(longest, day - (days[index - 1] ?? day) - 1), 0);
}

/**
 * Types that came regularly and then no more, while other events went on: silent for at least two days and
 * longer than ever before (three times), where their own rhythm would have given at least 20 events.
 */
export function findStopped(counts: readonly DayCount[]): Finding[] {
  const byType = new Map<string, DayCount[]>();
  for (const count of counts) byType.set(count.type, [...(byType.get(count.type) ?? []), count]);
  const lastDay = counts.reduce((last, { day }) => Math.max(last, day), -Infinity);
  return [...byType].flatMap(([type, own]): Finding[] => {
    const days = own.map(({ day }) => day).sort((a, b) => a - b);
    const events = own.reduce((sum, count) => sum + count.events, 0);
    const first = days[0] ?? 0;
    const last = days[days.length - 1] ?? 0;
    // The last day of all is still going on.
    const silentDays = lastDay - last - 1;
    if (events < LEAST_EVENTS || days.length < LEAST_DAYS) return [];
    if (silentDays < Math.max(LEAST_SILENT_DAYS, 3 * longestPause(days))) return [];
    const missed = (events / (last - first + 1)) * silentDays;
    if (missed < MISSED_EVENTS) return [];
    return [
      {
        code: 'stoppedEvents',
        severity: 'problem',
        text: `"${type}" came ${plural(Math.round(events / (last - first + 1)), 'time')} a day until ${dateOf(last)} and not once since, while other events went on. Check whether its tracking broke, or was renamed.`,
        count: Math.round(missed),
        example: type,
      },
    ];
  });
}

/** A day as empty as this one would be once in a million years, were the rhythm kept. */
const BUSY_DAY_EVENTS = 30;

/** Whole days without any event inside a history that has many a day. */
export function findSilentDays(counts: readonly DayCount[]): Finding[] {
  const perDay = new Map<number, number>();
  for (const { day, events } of counts) perDay.set(day, (perDay.get(day) ?? 0) + events);
  const days = [...perDay.keys()].sort((a, b) => a - b);
  const total = [...perDay.values()].reduce((sum, events) => sum + events, 0);
  if (days.length < LEAST_DAYS || total / days.length < BUSY_DAY_EVENTS) return [];
  const silent: number[] = [];
  days.forEach((day, index) => {
    for (let missing = (days[index - 1] ?? day) + 1; missing < day; missing += 1) silent.push(missing);
  });
  // A history with long pauses everywhere has its own rhythm.
  if (silent.length === 0 || silent.length > days.length / 4) return [];
  const first = dateOf(silent[0] ?? 0);
  return [
    {
      code: 'silentDays',
      severity: 'problem',
      text: `${plural(silent.length, 'day')} without any event (the first is ${first}, UTC) inside a history of about ${plural(Math.round(total / days.length), 'event')} a day: collecting was interrupted, or that part was not imported.`,
      count: silent.length,
      example: first,
    },
  ];
}

/** More rows than this (types × days) are not looked at; names with ids in them are another finding. */
const MAX_ROWS = 500_000;

const rhythm: QualityCheck = {
  title: 'Events that stopped',
  async run(request: InspectRequest) {
    const { mapping } = request.source;
    const type = accessEventField(mapping, 'eventType');
    const day = { $toLong: { $floor: { $divide: [elapsedMsExpr(mapping, 0), DAY_MS] } } };
    const counts: DayCount[] = [];
    const rows = request.source.aggregate<{ _id: { type: unknown; day: number }; events: number }>(
      mapping.events.collection,
      [
        ...selectEvents(mapping, {
          from: OLDEST_PLAUSIBLE,
          to: request.now,
          lookups: type.lookup ? [type.lookup] : [],
        }),
        { $group: { _id: { type: type.expr, day }, events: { $sum: 1 } } },
        { $limit: MAX_ROWS },
      ],
      inspectOptions(request, 'quality'),
    );
    for await (const { _id, events } of eachDocument(rows)) {
      counts.push({ type: valueText(_id.type) ?? '(none)', day: Number(_id.day), events });
    }
    if (counts.length >= MAX_ROWS) return [];
    return [...findStopped(counts), ...findSilentDays(counts)];
  },
};

/** Checks of how events are spread over the days. */
export const RHYTHM_CHECKS: readonly QualityCheck[] = [rhythm];
