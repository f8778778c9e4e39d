import type { Timestamp } from 'mongodb';
import { DAY_MS, HOUR_MS } from '../../../shared/time/units';
import { BLOCK_VERSION } from '../format/block';
import { HOURS_PER_DAY, segmentsOf, type ColumnDay } from '../live/columnDay';

/** Days that ended less than this ago are kept in hours, since that is where events still come in. */
export const HOT_MS = 2 * DAY_MS;

/** A stretch of a day to be built as one part. */
export interface Piece {
  /** Hours of the day, `to` exclusive. */
  readonly from: number;
  readonly to: number;
  /** The last change in it; none where it is only to be laid out anew. */
  readonly changed?: Timestamp | undefined;
}

export interface PlanContext {
  /** ms, by the cluster's clock. */
  readonly now: number;
  /** Declared properties, as parts note them. */
  readonly properties: readonly string[];
  /** Blocks read before this moment may be outdated in ways that no hour knows of. */
  readonly rewritten: Timestamp | undefined;
  /** Parts whose blocks are lost. */
  readonly isLost?: (hash: string) => boolean;
}

/** Whether a day is one whose hours are kept apart. */
export function isHot(start: number, now: number): boolean {
  return start + DAY_MS > now - HOT_MS && start <= now + HOT_MS;
}

/**
 * What is to be built of a day: outdated and missing hours of a hot day one by one, and a cold day as a whole as soon
 * as anything of it is outdated or in hours. The pieces cover every part that they touch.
 * @param mustCover whether hours without notes may hold events, as they may before the first build is complete
 */
export function planDay(day: ColumnDay, context: PlanContext, mustCover = false): Piece[] {
  const segments = segmentsOf(day);
  const covered = day.parts.reduce((sum, { from, to }) => sum + to - from, 0);
  const isUncovered = mustCover && covered < HOURS_PER_DAY;
  if (segments.length === 0 && !isUncovered) return [];
  const isStale = (segment: (typeof segments)[number]): boolean =>
    segment.kind === 'dirty' ||
    (segment.part.version ?? 1) < BLOCK_VERSION ||
    context.rewritten?.greaterThan(segment.part.since) === true ||
    context.properties.some((property) => !segment.part.properties.includes(property)) ||
    segment.part.blocks.some(({ hash }) => context.isLost?.(hash) === true);
  const stale = segments.filter(isStale);
  const changed = stale.flatMap((segment) => (segment.kind === 'dirty' ? [segment.changed] : []));
  const last = changed.reduce<Timestamp | undefined>((a, b) => (a?.greaterThan(b) ? a : b), undefined);
  if (!isHot(day.start, context.now)) {
    const isWhole = day.parts.length === 1 && covered === HOURS_PER_DAY;
    return stale.length > 0 || isUncovered || !isWhole ? [{ from: 0, to: HOURS_PER_DAY, changed: last }] : [];
  }
  if (isUncovered) return hours(0, HOURS_PER_DAY, undefined);
  return stale.flatMap((segment) => {
    const { from, to } = segment.kind === 'dirty' ? segment : segment.part;
    return hours(from, to, segment.kind === 'dirty' ? segment.changed : undefined);
  });
}

function hours(from: number, to: number, changed: Timestamp | undefined): Piece[] {
  return Array.from({ length: to - from }, (_, index) => ({
    from: from + index,
    to: from + index + 1,
    changed,
  }));
}

/** The pieces of a day as it is laid out, and the stretches between them. */
export function piecesOf(day: ColumnDay): Piece[] {
  const pieces: Piece[] = [];
  let next = 0;
  for (const { from, to } of day.parts) {
    if (from > next) pieces.push({ from: next, to: from });
    pieces.push({ from, to });
    next = to;
  }
  if (next < HOURS_PER_DAY) pieces.push({ from: next, to: HOURS_PER_DAY });
  return pieces;
}

/** What is built at once: read in one go, at one moment. */
export interface Batch {
  /** ms; `to` exclusive. */
  readonly from: number;
  readonly to: number;
  readonly days: readonly { readonly day: ColumnDay; readonly pieces: readonly Piece[] }[];
}

/**
 * The next pieces to be built: neighbouring days together while they hold few events, one stretch of a day otherwise.
 * @param planned in order of time; days without pieces may lie between
 * @param sizeOf roughly how many events a day has
 */
export function nextBatch(
  planned: readonly { readonly day: ColumnDay; readonly pieces: readonly Piece[] }[],
  sizeOf: (day: ColumnDay) => number,
  maxEvents: number,
): Batch | null {
  const taken: { day: ColumnDay; pieces: readonly Piece[] }[] = [];
  let size = 0;
  let next: number | null = null;
  for (const entry of [...planned].reverse()) {
    const { day, pieces } = entry;
    const isWhole = pieces.reduce((sum, { from, to }) => sum + to - from, 0) === HOURS_PER_DAY;
    if (taken.length > 0) {
      const isNeighbour = next !== null && day.start + DAY_MS >= next - DAY_MS;
      if (!isWhole || !isNeighbour || size + sizeOf(day) > maxEvents) break;
    }
    taken.unshift(entry);
    size += sizeOf(day);
    next = day.start;
    if (!isWhole) break;
  }
  const first = taken[0];
  const last = taken[taken.length - 1];
  if (!first || !last) return null;
  const from = Math.min(...first.pieces.map((piece) => piece.from));
  const to = Math.max(...last.pieces.map((piece) => piece.to));
  return { from: first.day.start + from * HOUR_MS, to: last.day.start + to * HOUR_MS, days: taken };
}
