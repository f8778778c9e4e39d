import { z } from 'zod';
import type { Filter } from '../reports/filters';
import type { RangeInput } from '../time/range';
import { reportInputSchema } from './reports';

/** What a person keeps beside the data: dashboards, segments, annotations; stored per connection. */

const id = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'allowed are letters, digits, - and _');
const name = z.string().trim().min(1, 'a name is needed').max(200);
const instant = z.iso.datetime({
  offset: true,
  error: 'allowed is an instant like 2026-01-31T00:00:00.000Z',
});

const isObject = (value: unknown): boolean => value !== null && typeof value === 'object';
const filters = z.custom<Filter[]>((value) => Array.isArray(value) && value.length <= 100);
const range = z.custom<RangeInput>(isObject);

const cardSchema = z.strictObject({
  id,
  report: reportInputSchema,
  /** Which chart of the report's view, when it has several. */
  chart: z.string().max(100).optional(),
  /** Place on a grid of 12 columns; `height` in rows. */
  column: z.number().int().min(0).max(11),
  row: z.number().int().min(0).max(1_000),
  width: z.number().int().min(1).max(12),
  height: z.number().int().min(1).max(50),
});
export type DashboardCard = z.infer<typeof cardSchema>;

export const dashboardSchema = z.strictObject({
  id,
  name,
  /** Overrides the range of every card. */
  range: range.optional(),
  /** Added to the filters of every card. */
  filters: filters.optional(),
  cards: z.array(cardSchema).max(100),
});
export type Dashboard = z.infer<typeof dashboardSchema>;

/** A saved set of filters, usable in every report. */
export const segmentSchema = z.strictObject({ id, name, filters, note: z.string().max(2_000).optional() });
export type Segment = z.infer<typeof segmentSchema>;

export const annotationSchema = z.strictObject({
  id,
  at: instant,
  until: instant.optional(),
  text: z.string().trim().min(1, 'a text is needed').max(1_000),
});
export type Annotation = z.infer<typeof annotationSchema>;

/** The stored form; the key order is the order of the lists. */
export const librarySchema = z.strictObject({
  dashboards: z.array(dashboardSchema).max(500).default([]),
  segments: z.array(segmentSchema).max(2_000).default([]),
  annotations: z.array(annotationSchema).max(10_000).default([]),
});
export type Library = z.infer<typeof librarySchema>;

export const LIBRARY_SHELVES = ['dashboards', 'segments', 'annotations'] as const;
export type LibraryShelf = (typeof LIBRARY_SHELVES)[number];

/** One thing to keep, told apart by its shelf; one with a known id replaces it. */
export const libraryItemSchema = z.discriminatedUnion('shelf', [
  z.strictObject({ shelf: z.literal('dashboards'), item: dashboardSchema }),
  z.strictObject({ shelf: z.literal('segments'), item: segmentSchema }),
  z.strictObject({ shelf: z.literal('annotations'), item: annotationSchema }),
]);
export type LibraryItem = z.infer<typeof libraryItemSchema>;
export const libraryIdSchema = id;
