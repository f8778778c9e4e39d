import { z } from 'zod';
import type { JourneyRow } from '../../pipeline/journey';

/** One stored event as a journey shows it, with the ids that tell whose it is. */
export interface EventDetails extends Omit<JourneyRow, 'matches'> {
  /** As received. */
  readonly user: string;
  /** As the client sent it. */
  readonly session: string | null;
}

/** What a line of a details file must be, before its values are trusted to be what was stored. */
export const detailsLineSchema = z.looseObject({
  user: z.string(),
  session: z.string().nullable(),
  at: z.number(),
});

/** Events of about this many share a file: a journey reads one or a few. */
export const EVENTS_PER_PARTITION = 20_000;
const MOST_PARTITIONS = 1_024;

/** How many files hold the details of so many events. */
export function partitionsFor(events: number): number {
  return Math.min(MOST_PARTITIONS, Math.max(1, Math.ceil(events / EVENTS_PER_PARTITION)));
}

/** The file that holds a user's events: FNV-1a over the id's UTF-16 code units. */
export function partitionOf(userId: string, partitions: number): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < userId.length; index += 1) {
    hash = Math.imul(hash ^ userId.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) % partitions;
}
