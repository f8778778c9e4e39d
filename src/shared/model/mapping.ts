import { z } from 'zod';
import { parseWith } from '../reports/parse';
import { DEFAULT_ROLES } from './roles';

/**
 * A schema mapping: where each of Waymark's fields lies in somebody's own collections, so that they can be
 * analysed as they are. Mappings are files (`*.mapping.json`) that a person can read and edit.
 */

/** A stored path: segments without a leading dollar, so that it can never become an operator. */
const path = z
  .string()
  .max(300)
  .regex(/^[^.$\0][^.\0]*(?:\.[^.$\0][^.\0]*)*$/, {
    error: 'allowed is a path like "metadata.pageUrl", without "$" at the start of a part',
  });

const origin = z.enum(['event', 'session', 'user']).default('event');
const constant = z.strictObject({ constant: z.union([z.string(), z.number(), z.boolean()]) });

const asPath = (text: string): { path: string; from: 'event' } => ({ path: text, from: 'event' });

/** A path of the event, a path of its session or user, or a constant. */
const valueSource = z.union([path.transform(asPath), z.strictObject({ path, from: origin }), constant]);
export type ValueSource = z.output<typeof valueSource>;

/** How an instant is stored. `date` is a BSON date; ISO text without a zone is UTC. */
export const TIME_FORMATS = ['date', 'iso', 'epochMs', 'epochSec'] as const;
const timeFormat = z.enum(TIME_FORMATS).default('date');
const timeSource = z.union([
  path.transform((text) => ({ path: text, as: 'date' as const })),
  z.strictObject({ path, as: timeFormat }),
]);
export type TimeSource = z.output<typeof timeSource>;

const durationSource = z.union([
  path.transform((text) => ({ ...asPath(text), unit: 'seconds' as const })),
  z.strictObject({ path, from: origin, unit: z.enum(['seconds', 'milliseconds']).default('seconds') }),
  constant,
]);
export type DurationSource = z.output<typeof durationSource>;

/** `urlPath`: the path part of a stored URL. */
const pagePathSource = z.union([
  path.transform((text) => ({ ...asPath(text), as: 'text' as const })),
  z.strictObject({ path, from: origin, as: z.enum(['text', 'urlPath']).default('text') }),
  constant,
]);
export type PagePathSource = z.output<typeof pagePathSource>;

const idPath = path;
const names = z.array(z.string().min(1).max(500)).max(1_000);
const collection = z
  .string()
  .min(1)
  .max(200)
  .refine((name) => !name.includes('$') && !name.includes('\0'), { error: 'allowed is a collection name' });

const eventFields = z.strictObject({
  id: idPath.default('_id'),
  userId: idPath,
  anonymousId: idPath.optional(),
  sessionId: idPath.optional(),
  eventType: valueSource,
  timestamp: timeSource,
  durationSec: durationSource.optional(),
  device: valueSource.optional(),
  browser: valueSource.optional(),
  os: valueSource.optional(),
  country: valueSource.optional(),
  page: z
    .strictObject({
      url: valueSource.optional(),
      path: pagePathSource.optional(),
      title: valueSource.optional(),
      referrer: valueSource.optional(),
    })
    .default({}),
  /** The object whose keys are `properties.*`; "." is the whole event. */
  properties: z.union([path, z.literal('.')]).optional(),
});

export const mappingSchema = z.strictObject({
  version: z.literal(1),
  name: z.string().min(1).max(100),
  events: z.strictObject({
    collection,
    /** An array of which each element is an event of its own. */
    unwind: path.optional(),
    fields: eventFields,
  }),
  sessions: z.strictObject({ collection, fields: z.strictObject({ id: idPath.default('_id') }) }).optional(),
  users: z
    .strictObject({
      collection,
      fields: z.strictObject({
        id: idPath.default('_id'),
        name: path.optional(),
        email: path.optional(),
        device: path.optional(),
        country: path.optional(),
        createdAt: timeSource.optional(),
        lastActiveAt: timeSource.optional(),
        /** The object whose keys are `user.traits.*`; "." is the whole document. */
        traits: z.union([path, z.literal('.')]).optional(),
      }),
    })
    .optional(),
  /** Alias edges: every event of `alias` belongs to `canonical`. */
  identities: z
    .strictObject({ collection, alias: path.default('_id'), canonical: path.default('canonicalId') })
    .optional(),
  roles: z
    .strictObject({
      pageViews: names.default([...DEFAULT_ROLES.pageViews]),
      purchases: names.default([...DEFAULT_ROLES.purchases]),
    })
    .default({ pageViews: [...DEFAULT_ROLES.pageViews], purchases: [...DEFAULT_ROLES.purchases] }),
});
export type Mapping = z.output<typeof mappingSchema>;
export type MappingInput = z.input<typeof mappingSchema>;

/**
 * Parses a mapping file's content.
 * @throws WaymarkError `badMapping` with the path of the offending key and what is allowed there
 */
export function parseMapping(input: unknown): Mapping {
  return parseWith(mappingSchema as z.ZodType<Mapping>, input, 'badMapping', 'The mapping');
}
