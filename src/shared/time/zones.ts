import moment from 'moment-timezone';

/**
 * The one time-zone database: the data bundled with moment-timezone, never the host's own tables, which
 * differ between runtimes. Only offsets are taken from it; all calendar arithmetic is done here in UTC.
 */

const MINUTE_MS = 60_000;

/** Whether the name is an IANA zone or link of the bundled database (case as IANA writes it). */
export function isZone(name: string): boolean {
  return moment.tz.zone(name)?.name === name || zoneNames().includes(name);
}

/** All zone names of the bundled database, sorted. */
export function zoneNames(): readonly string[] {
  return moment.tz.names();
}

/** Offset from UTC in ms (positive east of Greenwich) at an instant (ms since 1970). */
export function offsetAt(zone: string, instant: number): number {
  const data = moment.tz.zone(zone);
  if (!data) throw new RangeError(`Unknown time zone ${zone}`);
  return -data.utcOffset(instant) * MINUTE_MS;
}

/** A wall-clock reading as the UTC instant that shows the same digits (ms). */
export type WallClock = number;

/** The wall clock of a zone at an instant, as ms whose UTC fields are the local fields. */
export function toWallClock(zone: string, instant: number): WallClock {
  return instant + offsetAt(zone, instant);
}

/**
 * The instant at which a zone's clock shows a reading. A reading that occurs twice gives the first; one
 * that is skipped gives the instant at which the clock jumped.
 */
export function fromWallClock(zone: string, wall: WallClock): number {
  const offsets = [offsetAt(zone, wall - 24 * 3_600_000), offsetAt(zone, wall + 24 * 3_600_000)];
  const candidates = offsets.map((offset) => wall - offset).sort((a, b) => a - b);
  const exact = candidates.find((instant) => toWallClock(zone, instant) === wall);
  if (exact !== undefined) return exact;
  return findJump(zone, Math.min(...candidates), Math.max(...candidates), wall);
}

/** The first instant in [low, high] whose wall clock is at or past the reading (binary search, ms). */
function findJump(zone: string, low: number, high: number, wall: WallClock): number {
  let before = low - 1;
  let after = high;
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (toWallClock(zone, middle) >= wall) after = middle;
    else before = middle;
  }
  return after;
}
