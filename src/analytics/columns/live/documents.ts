import { Timestamp } from 'mongodb';
import { z } from 'zod';
import { mappingSchema } from '../../../shared/model/mapping';
import { PROPERTY_TYPES } from '../format/columnEvent';
import type { ColumnDay } from './columnDay';

/** Bumped when older readers could not read what is stored correctly. */
export const COLUMNS_VERSION = 1;

const moment = z.custom<Timestamp>((value) => value instanceof Timestamp, 'a moment of the cluster');
const hash = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.number().int().nonnegative();

const partSchema = z.object({
  from: count,
  to: count,
  since: moment,
  rows: count,
  blocks: z.array(z.object({ hash, bytes: count, rows: count, end: z.number() })),
  inexact: z.record(z.string(), z.string()),
  properties: z.array(z.string()),
  version: count.optional(),
});

/** A document of `columnBuckets` that stands for one UTC day; `_id` is the day as 2026-01-31. */
export const dayDocumentSchema = z.object({
  _id: z.string(),
  kind: z.literal('day'),
  lineage: z.string(),
  start: z.date(),
  revision: count,
  parts: z.array(partSchema),
  changed: z.record(z.string(), moment).default({}),
});
export type DayDocument = z.infer<typeof dayDocumentSchema>;

/** The document of `columnBuckets` that the columns begin and end with. */
export const stateDocumentSchema = z.object({
  _id: z.literal('state'),
  kind: z.literal('state'),
  version: z.number(),
  /** Another one means another numbering of users and sessions; everything of an older one is void. */
  lineage: z.string(),
  /** The database the events are read from. */
  database: z.string(),
  mapping: mappingSchema,
  properties: z.array(z.strictObject({ name: z.string(), type: z.enum(PROPERTY_TYPES) })),
  /** Every change before this moment is noted in its day. Null until the first look. */
  followed: moment.nullable(),
  /** Whether every event stored when the columns were begun is in a block. */
  complete: z.boolean(),
  /** Somebody removed events, or moved them in time, and it is not known from which hours. */
  removed: moment.nullable(),
  /** Something that events are read with changed, and it is not known for which events. */
  rewritten: moment.nullable(),
  /** Last change of the alias edges and of the users. */
  identitiesChanged: moment.nullable(),
  usersChanged: moment.nullable(),
  /** When blocks were last built. */
  builtAt: z.date(),
  /** Who builds just now, and until when nobody else should. */
  leaseBy: z.string().optional(),
  leaseUntil: z.date().optional(),
});
export type StateDocument = z.infer<typeof stateDocumentSchema>;

/** A list of ids by ordinal, in chunks that are appended. */
export const idsDocumentSchema = z.object({
  _id: z.enum(['users', 'sessions']),
  kind: z.literal('ids'),
  lineage: z.string(),
  revision: count,
  size: count,
  chunks: z.array(z.object({ hash, bytes: count, rows: count })),
});
export type IdsDocument = z.infer<typeof idsDocumentSchema>;

/** Everything that `columnBuckets` says at one moment. */
export interface ColumnBooks {
  readonly state: StateDocument;
  readonly users: IdsDocument;
  readonly sessions: IdsDocument;
  /** In order of time. */
  readonly days: readonly ColumnDay[];
}

export const dayId = (start: number): string => new Date(start).toISOString().replace(/T.*/, '');

function toDay(document: DayDocument): ColumnDay {
  return {
    start: document.start.getTime(),
    revision: document.revision,
    parts: document.parts,
    changed: new Map(Object.entries(document.changed).map(([hour, at]) => [Number(hour), at])),
  };
}

/**
 * Makes sense of the documents of `columnBuckets`, read at one moment; null when there are no columns. What belongs
 * to another lineage than the state's is left out.
 * @throws ZodError for documents that are none of ours, or of a newer version
 */
export function readBooks(documents: readonly unknown[]): ColumnBooks | null {
  const byKind = new Map<unknown, unknown[]>();
  for (const document of documents) {
    const kind =
      typeof document === 'object' && document !== null && 'kind' in document ? document.kind : null;
    const same = byKind.get(kind);
    if (same) same.push(document);
    else byKind.set(kind, [document]);
  }
  const [stored] = byKind.get('state') ?? [];
  if (stored === undefined) return null;
  const state = stateDocumentSchema.parse(stored);
  const lists = (byKind.get('ids') ?? [])
    .map((document) => idsDocumentSchema.parse(document))
    .filter(({ lineage }) => lineage === state.lineage);
  const listOf = (_id: IdsDocument['_id']): IdsDocument =>
    lists.find((list) => list._id === _id) ?? {
      _id,
      kind: 'ids',
      lineage: state.lineage,
      revision: 0,
      size: 0,
      chunks: [],
    };
  const days = (byKind.get('day') ?? [])
    .map((document) => dayDocumentSchema.parse(document))
    .filter(({ lineage }) => lineage === state.lineage)
    .map(toDay)
    .sort((a, b) => a.start - b.start);
  return { state, users: listOf('users'), sessions: listOf('sessions'), days };
}
