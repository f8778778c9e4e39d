import type { Document } from 'mongodb';
import type { LiveEvent } from '../../shared/ipc/inspection';
import type { Mapping } from '../../shared/model/mapping';
import { accessEventField, dateExpr } from '../mapping/fields';
import { idText, valueText } from '../mapping/storedText';
import type { LookupOrigin } from '../mapping/fields';

/** The fields a live event shows besides its instant and ids. */
const SHOWN = {
  type: 'eventType',
  userId: 'userId',
  sessionId: 'sessionId',
  path: 'page.path',
  url: 'page.url',
  device: 'device',
  country: 'country',
} as const;

/** The stage that makes events of any mapping uniform, and the look-ups it needs. */
export function liveProjection(mapping: Mapping): { stage: Document; lookups: LookupOrigin[] } {
  const fields = Object.entries(SHOWN).map(([name, field]) => ({
    name,
    access: accessEventField(mapping, field),
  }));
  return {
    stage: {
      $project: {
        _id: 0,
        id: `$${mapping.events.fields.id}`,
        at: dateExpr(mapping.events.fields.timestamp),
        receivedAt: '$receivedAt',
        ...Object.fromEntries(fields.map(({ name, access }) => [name, access.expr])),
      },
    },
    lookups: fields.flatMap(({ access }) => (access.lookup ? [access.lookup] : [])),
  };
}

const isoOf = (value: unknown): string | null =>
  value instanceof Date && !Number.isNaN(value.getTime()) ? value.toISOString() : null;

/** A projected document as an event; null when it has no readable instant. */
export function toLiveEvent(document: Document): LiveEvent | null {
  const at = isoOf(document['at']);
  if (at === null) return null;
  const text = (name: string): string | null => valueText(document[name] ?? null);
  return {
    id: idText(document['id']) ?? '',
    at,
    receivedAt: isoOf(document['receivedAt']),
    type: text('type') ?? '',
    userId: idText(document['userId']) ?? '',
    sessionId: idText(document['sessionId'] ?? null),
    page: text('path') ?? text('url'),
    device: text('device'),
    country: text('country'),
  };
}
