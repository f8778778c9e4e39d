import { z } from 'zod';

/** Columns of a database as the Data view shows them. Instants are ISO strings. */
export const columnsStatusSchema = z.object({
  database: z.string(),
  mapping: z.string(),
  /** Whether every event that was stored when they were begun is in a block. */
  complete: z.boolean(),
  builtAt: z.string(),
  /** First and last instant that blocks hold. */
  from: z.string().nullable(),
  through: z.string().nullable(),
  /** Events in blocks that answer for them. */
  events: z.number(),
  blocks: z.number(),
  bytes: z.number(),
  bytesPerEvent: z.number().nullable(),
  idBytes: z.number(),
  userIds: z.number(),
  sessionIds: z.number(),
  /** As declared: `properties.amount`. */
  properties: z.array(z.string()).readonly(),
  /** Why a field is no exact column. */
  inexact: z.record(z.string(), z.string()).readonly(),
  /** Hours that are read from the events until they are built. */
  dirtyHours: z.number(),
  /** How far the compactor is behind, s. */
  lagSec: z.number(),
  pendingChanges: z.number(),
});
export type ColumnsStatus = z.infer<typeof columnsStatusSchema>;

/** Without columns, the sentence that says why. */
export const columnsReportSchema = z.object({
  status: columnsStatusSchema.nullable(),
  reason: z.string().nullable(),
});
export type ColumnsReport = z.infer<typeof columnsReportSchema>;

export const columnsVerifiedSchema = z.object({
  /** Parts of days that were read again, and those of them that differed and were built again. */
  parts: z.number(),
  repaired: z.number(),
  events: z.number(),
});
export type ColumnsVerified = z.infer<typeof columnsVerifiedSchema>;
