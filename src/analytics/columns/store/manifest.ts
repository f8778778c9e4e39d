import { z } from 'zod';
import { mappingSchema } from '../../../shared/model/mapping';
import { parseWith } from '../../../shared/reports/parse';
import { PROPERTY_TYPES } from '../format/columnEvent';

/** Bumped when older readers could not read a store correctly. */
export const STORE_VERSION = 1;

const fileName = z.string().regex(/^[a-z]+-[0-9a-f]{64}\.[a-z.]+$/, 'allowed is a file name of the store');

/** One immutable file of a store, named by the SHA-256 of its bytes. */
export const storedFileSchema = z.strictObject({
  file: fileName,
  bytes: z.number().int().nonnegative(),
  rows: z.number().int().nonnegative(),
});
export type StoredFile = z.infer<typeof storedFileSchema>;

/** `store.json`: everything a store consists of. Replaced as a whole, so a reader sees one build or the next. */
export const manifestSchema = z.strictObject({
  version: z.literal(STORE_VERSION),
  /** Name shown for the store, usually the database it was built from. */
  database: z.string(),
  /** The schema mapping the events were read through; profiles are kept as it finds them. */
  mapping: mappingSchema,
  builtAt: z.iso.datetime(),
  /** Event blocks in time order; they do not overlap. */
  blocks: z.array(storedFileSchema.extend({ start: z.number().int(), end: z.number().int() })),
  /** Raw user ids by ordinal, one JSON text a line. */
  userIds: storedFileSchema,
  /** Session ids by ordinal, one JSON text a line. */
  sessionIds: storedFileSchema,
  /** User documents, one `{ userId, document }` a line, as Extended JSON. */
  profiles: storedFileSchema,
  /** What journeys need beside the columns, by partition of user ids; absent where journeys are read elsewhere. */
  details: z.array(storedFileSchema).optional(),
  /** The same for UTC days that were built again since: in place of what `details` says of them. */
  detailsOfDays: z.array(storedFileSchema.extend({ start: z.number().int() })).optional(),
  /** Alias edges, one `[alias, canonical]` a line. */
  identities: storedFileSchema,
  properties: z.array(z.strictObject({ name: z.string(), type: z.enum(PROPERTY_TYPES) })),
  /** Columns that could not hold every value exactly, by report field, with the reason. */
  inexact: z.record(z.string(), z.string()),
});
export type Manifest = z.infer<typeof manifestSchema>;

/** @throws WaymarkError `badInput` when the content is not a store's manifest */
export function parseManifest(input: unknown): Manifest {
  return parseWith(manifestSchema, input, 'badInput', 'The store’s store.json');
}

/** The newest instant of a store, ms; null when it is empty. */
export function newestOf({ blocks }: Manifest): number | null {
  const newest = blocks.reduce((latest, block) => Math.max(latest, block.end - 1), -Infinity);
  return newest === -Infinity ? null : newest;
}
