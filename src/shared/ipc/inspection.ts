import { z } from 'zod';
import { mappingSchema } from '../model/mapping';

/** What the Data view and the pickers show of a database. Instants are ISO strings. */

export const eventCatalogueSchema = z.object({
  events: z.array(
    z.object({
      event: z.string(),
      count: z.number(),
      firstSeen: z.string().nullable(),
      lastSeen: z.string().nullable(),
    }),
  ),
});
export type EventCatalogue = z.infer<typeof eventCatalogueSchema>;

export const propertyCatalogueSchema = z.object({
  /** How many events were looked at. */
  sampled: z.number(),
  properties: z.array(
    z.object({
      /** As in a filter: `properties.amount`. */
      field: z.string(),
      types: z.array(z.string()),
      /** Share of the sampled events that have it, 0…1. */
      share: z.number(),
      examples: z.array(z.string()),
    }),
  ),
});
export type PropertyCatalogue = z.infer<typeof propertyCatalogueSchema>;

export const qualityFindingsSchema = z.object({
  findings: z.array(
    z.object({
      code: z.string(),
      severity: z.enum(['info', 'warning', 'problem']),
      /** A sentence: what is wrong, where, what to do. */
      text: z.string(),
      count: z.number().nullable(),
      example: z.string().optional(),
    }),
  ),
});
export type QualityFindings = z.infer<typeof qualityFindingsSchema>;

export const indexReportSchema = z.object({
  indexes: z.array(
    z.object({
      collection: z.string(),
      /** As in `createIndex`: `{ userId: 1, timestamp: 1 }`. */
      key: z.string(),
      state: z.enum(['present', 'advised', 'other']),
      reason: z.string().nullable(),
      bytes: z.number().nullable(),
      /** The `createIndex` line of an advised one. */
      command: z.string().nullable(),
    }),
  ),
});
export type IndexReport = z.infer<typeof indexReportSchema>;

export const mappingReportSchema = z.object({
  name: z.string(),
  reason: z.string(),
  /** Which of our fields is read from which of theirs. */
  fields: z.array(
    z.object({
      field: z.string(),
      source: z.string(),
      example: z.string().nullable(),
      /** Share of the events looked at that have it, 0…1. */
      share: z.number(),
    }),
  ),
  /** Some events as the mapping reads them, in the order of the collection. */
  preview: z.array(
    z.object({
      at: z.string().nullable(),
      type: z.string().nullable(),
      userId: z.string().nullable(),
      sessionId: z.string().nullable(),
      page: z.string().nullable(),
    }),
  ),
  /** The mapping itself, as a file holds it. */
  mapping: mappingSchema,
  /** Collections that can be mapped. */
  collections: z.array(z.string()),
  roles: z.object({ pageViews: z.array(z.string()), purchases: z.array(z.string()) }),
  presets: z.array(z.string()),
});
export type MappingReport = z.infer<typeof mappingReportSchema>;

export const suggestionsSchema = z.object({
  suggestions: z.array(
    z.object({
      value: z.union([z.string(), z.number(), z.boolean()]),
      /** Events that have it, when known. */
      count: z.number().nullable(),
    }),
  ),
  /** False when there are more than were asked for. */
  complete: z.boolean(),
});
export type Suggestions = z.infer<typeof suggestionsSchema>;

const liveEventSchema = z.object({
  id: z.string(),
  at: z.string(),
  receivedAt: z.string().nullable(),
  type: z.string(),
  userId: z.string(),
  sessionId: z.string().nullable(),
  page: z.string().nullable(),
  device: z.string().nullable(),
  country: z.string().nullable(),
});
export type LiveEvent = z.infer<typeof liveEventSchema>;

/** A batch of new events, oldest first; sent at least every few seconds, also empty, while the watch lives. */
export const liveBatchSchema = z.object({
  events: z.array(liveEventSchema),
  mode: z.enum(['changeStream', 'polling']),
  /** Events per second over the last ten seconds, before filters. */
  perSecond: z.number(),
  /** Newest event known, also when it came before the watch. */
  lastEventAt: z.string().nullable(),
});
export type LiveBatch = z.infer<typeof liveBatchSchema>;
