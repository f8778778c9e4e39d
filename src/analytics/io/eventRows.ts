import type { Document } from 'mongodb';
import type { EventLine, Page } from '../../shared/model/event';
import type { Mapping } from '../../shared/model/mapping';
import { propertiesExpr } from '../inspect/propertyNames';
import { accessEventField, dateExpr, type LookupOrigin } from '../mapping/fields';
import { selectEvents } from '../mapping/selection';
import { idText, plainValue, valueText } from '../mapping/storedText';

const TEXT_FIELDS = ['device', 'browser', 'os', 'country'] as const;
const PAGE_FIELDS = ['url', 'path', 'title', 'referrer'] as const;

/** The stages that read all usable events (with a user and a time), whatever their schema. */
export function eventRowsPipeline(mapping: Mapping): Document[] {
  const { fields } = mapping.events;
  const names = ['eventType', 'durationSec', ...TEXT_FIELDS, ...PAGE_FIELDS.map((name) => `page.${name}`)];
  const lookups = new Set<LookupOrigin>();
  const projection: Document = {
    _id: 0,
    id: `$${fields.id}`,
    userId: `$${fields.userId}`,
    timestamp: dateExpr(fields.timestamp),
    properties: propertiesExpr(mapping),
    ...(fields.anonymousId === undefined ? {} : { anonymousId: `$${fields.anonymousId}` }),
    ...(fields.sessionId === undefined ? {} : { sessionId: `$${fields.sessionId}` }),
  };
  for (const name of names) {
    const access = accessEventField(mapping, name);
    if (access.lookup) lookups.add(access.lookup);
    if (access.expr !== null) projection[name.replace('.', '_')] = access.expr;
  }
  return [...selectEvents(mapping, { lookups }), { $project: projection }];
}

/**
 * A row of `eventRowsPipeline` as an import line: importing it elsewhere gives the same event. An event of
 * an anonymous visitor has no `userId`.
 */
export function toEventLine(row: Document): EventLine {
  const id = idText(row['id']);
  const userId = idText(row['userId']);
  const anonymousId = idText(row['anonymousId']);
  const sessionId = idText(row['sessionId']);
  const { timestamp, durationSec } = row as { timestamp: unknown; durationSec: unknown };
  const page: Page = {};
  for (const name of PAGE_FIELDS) {
    const text = valueText(row[`page_${name}`]);
    if (text !== null) page[name] = text;
  }
  const line: EventLine = {
    ...(id === null ? {} : { messageId: id }),
    ...(userId === null || userId === anonymousId ? {} : { userId }),
    ...(anonymousId === null ? {} : { anonymousId }),
    ...(sessionId === null ? {} : { sessionId }),
    eventType: valueText(row['eventType']) ?? '',
    timestamp: timestamp instanceof Date ? timestamp.toISOString() : '',
    ...(typeof durationSec === 'number' ? { durationSec } : {}),
  };
  for (const name of TEXT_FIELDS) {
    const text = valueText(row[name]);
    if (text !== null) line[name] = text;
  }
  if (Object.keys(page).length > 0) line.page = page;
  const properties = plainValue(row['properties']) as Record<string, unknown>;
  if (Object.keys(properties).length > 0) line.properties = properties;
  return line;
}
