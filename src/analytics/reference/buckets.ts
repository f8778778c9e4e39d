import type { TREND_INTERVALS } from '../../shared/reports/report';
import { hourOfWeek, hourOfWeekStarts, spansBetween, type ReferenceRange, type Span } from './localTime';

export type TrendInterval = (typeof TREND_INTERVALS)[number];

/** One point of a time axis: the instants it covers, and the instant that names it. */
export interface Slot {
  /** ms. */
  readonly at: number;
  readonly spans: readonly Span[];
  /** Whether an instant belongs here; only instants of the range do. */
  holds(instant: number): boolean;
  /** Whether everything that can ever lie here has been seen. */
  readonly complete: boolean;
}

function isComplete(span: Span, range: ReferenceRange, dataThrough: number | undefined): boolean {
  return (
    span.start >= range.from && span.end <= range.to && dataThrough !== undefined && span.end <= dataThrough
  );
}

/** The axis of a report: its calendar units, or the 168 hours of the week. */
export function slotsOf(
  range: ReferenceRange,
  interval: TrendInterval,
  dataThrough: number | undefined,
): readonly Slot[] {
  const inRange = (instant: number): boolean => instant >= range.from && instant < range.to;
  if (interval !== 'hourOfWeek') {
    return spansBetween(range, interval).map((span) => ({
      at: span.start,
      spans: [span],
      holds: (instant) => inRange(instant) && instant >= span.start && instant < span.end,
      complete: isComplete(span, range, dataThrough),
    }));
  }
  const hours = spansBetween(range, 'hour').map((span) => ({ span, slot: hourOfWeek(range, span.start) }));
  const bySlot = new Map<number, Span[]>();
  for (const { span, slot } of hours) bySlot.set(slot, [...(bySlot.get(slot) ?? []), span]);
  return hourOfWeekStarts(range).map((at, slot) => {
    const spans = bySlot.get(slot) ?? [];
    return {
      at,
      spans,
      holds: (instant) => inRange(instant) && hourOfWeek(range, instant) === slot,
      complete: dataThrough !== undefined && spans.every((span) => isComplete(span, range, dataThrough)),
    };
  });
}
