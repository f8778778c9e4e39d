/** Spans in ms; apart from the calendar, so that who only counts needs no time zones. */
export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
