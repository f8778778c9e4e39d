import { Timestamp, type Document } from 'mongodb';
import { z } from 'zod';
import type { Mapping, TimeSource } from '../../../shared/model/mapping';
import { accessEventField, dateExpr, type Expression, type LookupOrigin } from '../../mapping/fields';
import { TEXT_FIELDS, type PropertyColumn } from '../format/columnEvent';

/** What one change of the database means for its columns. */
export type Touch = { readonly at: Timestamp } & (
  | { readonly kind: 'events'; readonly instants: readonly number[] }
  /** An event that was updated, by the document's `_id`: its hour is the one it has at the moment of looking. */
  | { readonly kind: 'updated'; readonly key: unknown }
  /** The events of looked-up documents, by the id that events know them by. */
  | { readonly kind: 'lookedUp'; readonly origin: LookupOrigin; readonly ids: readonly unknown[] }
  | { readonly kind: 'identities' | 'users' }
  /** Events went, or left their hour, and nothing tells which hour. */
  | { readonly kind: 'removed' }
  /** What events are read with changed, and nothing tells for which events. */
  | { readonly kind: 'rewritten' }
  /** The events as a collection are gone or replaced: columns must be begun anew. */
  | { readonly kind: 'reset' }
);

/** Which other collections the columns of a mapping are read from. */
export function lookupsOf(mapping: Mapping, declared: readonly PropertyColumn[]): LookupOrigin[] {
  const fields = [...TEXT_FIELDS, 'durationSec', ...declared.map(({ name }) => `properties.${name}`)];
  return [...new Set(fields.flatMap((field) => accessEventField(mapping, field).lookup ?? []))];
}

function lookedUpCollection(mapping: Mapping, origin: LookupOrigin) {
  const target = origin === 'session' ? mapping.sessions : mapping.users;
  const local = origin === 'session' ? mapping.events.fields.sessionId : mapping.events.fields.userId;
  return target && local !== undefined ? { ...target, local } : undefined;
}

/** The instants of the events in a document (`root`: a path of the change), as dates, null for unreadable ones. */
function instantsExpr(mapping: Mapping, root: string): Expression {
  const { unwind, fields } = mapping.events;
  const at = (path: string): TimeSource => ({ ...fields.timestamp, path });
  if (unwind === undefined || !fields.timestamp.path.startsWith(`${unwind}.`)) {
    return dateExpr(at(`${root}.${fields.timestamp.path}`));
  }
  const list = `$${root}.${unwind}`;
  const inner = fields.timestamp.path.slice(unwind.length + 1);
  return {
    $map: {
      input: { $cond: [{ $isArray: list }, list, [list]] },
      as: 'one',
      in: dateExpr(at(`$one.${inner}`)),
    },
  };
}

const EVENT_OPERATIONS = ['insert', 'update', 'replace', 'delete'];

/** The options of `$changeStream` and the stages after it that give the changes `readTouch` understands. */
export function changeStages(
  mapping: Mapping,
  serverVersion: string,
): { readonly stages: Document[]; readonly fields: Document } {
  const collections = [
    mapping.events.collection,
    mapping.sessions?.collection,
    mapping.users?.collection,
    mapping.identities?.collection,
  ].filter((name): name is string => name !== undefined);
  const hasImages = Number(serverVersion.split('.')[0]) >= 6;
  return {
    // Never `updateLookup`: it shows a document as it is when the server happens to look, which may be after the
    // moment that is to be understood. Without images, updated events are looked up at that very moment.
    fields: hasImages ? { fullDocument: 'whenAvailable', fullDocumentBeforeChange: 'whenAvailable' } : {},
    stages: [
      {
        $match: {
          $or: [
            { 'ns.coll': { $in: [...new Set(collections)] } },
            { 'to.coll': mapping.events.collection },
            { operationType: { $in: ['dropDatabase', 'invalidate'] } },
          ],
        },
      },
      {
        $project: {
          operation: '$operationType',
          at: '$clusterTime',
          collection: '$ns.coll',
          key: '$documentKey._id',
          hasNow: { $eq: [{ $type: '$fullDocument' }, 'object'] },
          hasBefore: { $eq: [{ $type: '$fullDocumentBeforeChange' }, 'object'] },
          now: instantsExpr(mapping, 'fullDocument'),
          before: instantsExpr(mapping, 'fullDocumentBeforeChange'),
          sessionNow: `$fullDocument.${mapping.sessions?.fields.id ?? '_id'}`,
          sessionBefore: `$fullDocumentBeforeChange.${mapping.sessions?.fields.id ?? '_id'}`,
          userNow: `$fullDocument.${mapping.users?.fields.id ?? '_id'}`,
          userBefore: `$fullDocumentBeforeChange.${mapping.users?.fields.id ?? '_id'}`,
          set: '$updateDescription.updatedFields',
          unset: '$updateDescription.removedFields',
          cut: '$updateDescription.truncatedArrays',
        },
      },
    ],
  };
}

const dates = z
  .union([z.date(), z.null(), z.array(z.union([z.date(), z.null()]))])
  .optional()
  .transform((value) =>
    (Array.isArray(value) ? value : [value]).flatMap((date) => (date ? [date.getTime()] : [])),
  );

const changeSchema = z.object({
  operation: z.string(),
  at: z.custom<Timestamp>((value) => value instanceof Timestamp),
  collection: z.string().optional(),
  key: z.unknown().optional(),
  hasNow: z.boolean(),
  hasBefore: z.boolean(),
  now: dates,
  before: dates,
  sessionNow: z.unknown().optional(),
  sessionBefore: z.unknown().optional(),
  userNow: z.unknown().optional(),
  userBefore: z.unknown().optional(),
  set: z.record(z.string(), z.unknown()).nullish(),
  unset: z.array(z.string()).nullish(),
  cut: z.array(z.object({ field: z.string() })).nullish(),
});
type Change = z.infer<typeof changeSchema>;

/** Whether an update wrote to a path, to something it lies in, or to something in it. */
function writesTo(change: Change, path: string): boolean {
  const written = [
    ...Object.keys(change.set ?? {}),
    ...(change.unset ?? []),
    ...(change.cut ?? []).map(({ field }) => field),
  ];
  return written.some(
    (other) => other === path || other.startsWith(`${path}.`) || path.startsWith(`${other}.`),
  );
}

function touchOfEvents(change: Change, mapping: Mapping): Touch[] {
  const { at, now, before, hasNow, hasBefore } = change;
  const { unwind, fields } = mapping.events;
  const instants = [...new Set([...now, ...before])];
  const known: Touch = { at, kind: 'events', instants };
  switch (change.operation) {
    case 'insert':
      return [known];
    case 'delete':
      return [hasBefore ? known : { at, kind: 'removed' }];
    case 'replace':
      return hasBefore ? [known] : [known, { at, kind: 'removed' }];
    default: {
      if (hasBefore && hasNow) return [known];
      const updated: Touch = { at, kind: 'updated', key: change.key };
      const isMoved = writesTo(change, unwind ?? fields.timestamp.path);
      return isMoved ? [updated, { at, kind: 'removed' }] : [updated];
    }
  }
}

function touchOfLookedUp(change: Change, mapping: Mapping, origin: LookupOrigin): Touch {
  const { at } = change;
  const target = lookedUpCollection(mapping, origin);
  const [now, before] =
    origin === 'session' ? [change.sessionNow, change.sessionBefore] : [change.userNow, change.userBefore];
  const byKey = target?.fields.id === '_id' ? [change.key] : [];
  const ids = [...byKey, ...(change.hasNow ? [now] : []), ...(change.hasBefore ? [before] : [])];
  const isKnown = byKey.length > 0 || (change.operation === 'insert' ? change.hasNow : change.hasBefore);
  return isKnown ? { at, kind: 'lookedUp', origin, ids } : { at, kind: 'rewritten' };
}

/** Reads one document that `changeStages` gave. */
export function readTouches(document: unknown, mapping: Mapping, lookups: readonly LookupOrigin[]): Touch[] {
  const change = changeSchema.parse(document);
  const { operation, collection, at } = change;
  const touches: Touch[] = [];
  if (!EVENT_OPERATIONS.includes(operation)) {
    const isOther = collection !== undefined && collection !== mapping.events.collection;
    if (operation === 'dropDatabase' || operation === 'invalidate' || !isOther || operation === 'rename') {
      // A shard key, an index or an option may change; what drops, renames or makes a collection may not.
      const isHarmless = ['createIndexes', 'dropIndexes', 'modify', 'shardCollection', 'create'].includes(
        operation,
      );
      return isHarmless ? [] : [{ at, kind: 'reset' }];
    }
    if (operation !== 'drop') return [];
  }
  const isDropped = operation === 'drop';
  if (collection === mapping.events.collection) touches.push(...touchOfEvents(change, mapping));
  if (collection === mapping.identities?.collection) touches.push({ at, kind: 'identities' });
  if (collection === mapping.users?.collection) touches.push({ at, kind: 'users' });
  for (const origin of lookups) {
    if (collection !== lookedUpCollection(mapping, origin)?.collection) continue;
    touches.push(isDropped ? { at, kind: 'rewritten' } : touchOfLookedUp(change, mapping, origin));
  }
  return touches;
}

/**
 * The stages that list the hours, as `at`, of the events of looked-up documents, or of updated documents (`event`).
 */
export function hourStages(
  mapping: Mapping,
  origin: LookupOrigin | 'event',
  ids: readonly unknown[],
): Document[] {
  const local = origin === 'event' ? '_id' : (lookedUpCollection(mapping, origin)?.local ?? '_id');
  const { unwind, fields } = mapping.events;
  return [
    { $match: { [local]: { $in: [...ids] } } },
    ...(unwind === undefined ? [] : [{ $unwind: `$${unwind}` }]),
    { $project: { _id: 0, at: dateExpr(fields.timestamp) } },
    { $group: { _id: { $dateTrunc: { date: '$at', unit: 'hour' } } } },
    { $project: { _id: 0, at: '$_id' } },
  ];
}
