import type { Document } from 'mongodb';
import type { EventCatalogue } from '../../shared/ipc/inspection';
import { accessEventField, dateExpr } from '../mapping/fields';
import { selectEvents } from '../mapping/selection';
import { valueText } from '../mapping/storedText';
import { allDocuments } from '../source/source';
import { inspectOptions, isoOrNull, type InspectRequest } from './request';

/** Types beyond this are a symptom, not a catalogue. */
const MAX_TYPES = 10_000;

/** All event types with their counts and the instants they were first and last seen, most frequent first. */
export async function catalogueEvents(request: InspectRequest): Promise<EventCatalogue> {
  const { mapping } = request.source;
  const type = accessEventField(mapping, 'eventType');
  const at = dateExpr(mapping.events.fields.timestamp);
  const rows = await allDocuments(
    request.source.aggregate<Document>(
      mapping.events.collection,
      [
        ...selectEvents(mapping, { lookups: type.lookup ? [type.lookup] : [] }),
        { $group: { _id: type.expr, count: { $sum: 1 }, first: { $min: at }, last: { $max: at } } },
        { $sort: { count: -1, _id: 1 } },
        { $limit: MAX_TYPES },
      ],
      inspectOptions(request, 'events'),
    ),
  );
  return {
    events: rows.map((row) => ({
      event: valueText(row['_id']) ?? '(none)',
      count: Number(row['count']),
      firstSeen: isoOrNull(row['first']),
      lastSeen: isoOrNull(row['last']),
    })),
  };
}
