import type { Document } from 'mongodb';
import type { Mapping } from '../../shared/model/mapping';
import { selectEvents } from '../mapping/selection';

/** The object that holds an event's properties, as an expression that is an object for every event. */
export function propertiesExpr(mapping: Mapping): Document {
  const root = mapping.events.fields.properties;
  if (root === undefined) return { $literal: {} };
  const stored = root === '.' ? '$$ROOT' : `$${root}`;
  return { $cond: [{ $eq: [{ $type: stored }, 'object'] }, stored, { $literal: {} }] };
}

/**
 * The names of all properties of all events, most frequent first (ties by name), from the whole collection:
 * the server counts, so that what comes back and what it keeps is bounded by the number of names.
 */
export function propertyNamesPipeline(mapping: Mapping, limit: number): Document[] {
  return [
    ...selectEvents(mapping, {}),
    { $project: { name: { $map: { input: { $objectToArray: propertiesExpr(mapping) }, in: '$$this.k' } } } },
    { $unwind: '$name' },
    { $group: { _id: '$name', count: { $sum: 1 } } },
    { $sort: { count: -1, _id: 1 } },
    { $limit: limit },
  ];
}
