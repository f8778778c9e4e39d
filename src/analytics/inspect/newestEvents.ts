import type { Document } from 'mongodb';
import { DAY_MS } from '../../shared/time/units';
import { selectEvents } from '../mapping/selection';
import { allDocuments, type CallOptions } from '../source/source';
import type { InspectRequest } from './request';

/** Older events than this, counted from the newest, are not looked at. */
const RECENT_DAYS = 90;

/**
 * Stages that begin a pipeline with the newest `most` events of the last 90 days of data; where no index knows
 * which are the newest, with some `most` events. `lookup`: what the stages that follow need of a session or user.
 */
export async function newestEvents(
  { source, now }: InspectRequest,
  most: number,
  options: CallOptions,
  lookup?: 'session' | 'user',
): Promise<Document[]> {
  const { mapping } = source;
  const { timestamp } = mapping.events.fields;
  if (timestamp.as !== 'date' || mapping.events.unwind !== undefined) {
    return [...selectEvents(mapping, { lookups: lookup ? [lookup] : [] }), { $limit: most }];
  }
  const [newest] = await allDocuments(
    source.find<Document>(
      mapping.events.collection,
      { [timestamp.path]: { $type: 'date', $lte: new Date(now) } },
      { ...options, sort: { [timestamp.path]: -1 }, limit: 1, projection: { at: `$${timestamp.path}` } },
    ),
  );
  const at: unknown = newest?.['at'];
  const from = at instanceof Date ? at.getTime() - RECENT_DAYS * DAY_MS : undefined;
  return [
    ...selectEvents(mapping, { from }),
    { $sort: { [timestamp.path]: -1 } },
    { $limit: most },
    // Only what is looked at is looked up.
    ...(lookup ? selectEvents(mapping, { lookups: [lookup] }) : []),
  ];
}
