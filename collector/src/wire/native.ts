import { eventLineToItem } from '../../../src/shared/model/ingest/eventLine';
import { BadBodyError, type Incoming, isObject, keyOfBody, withoutKey } from './incoming';
import { readMessageId } from './messageId';

/**
 * Reads the body of `/v1/events`: one event, an array of events, or NDJSON. Lines of NDJSON that are not JSON
 * are refused alone. The first event may carry the write key.
 *
 * @throws BadBodyError when it is none of these
 */
export function readNative(text: string): Incoming {
  const body = readValues(text);
  const values = body.map(withoutKey);
  return {
    ...(isObject(body[0]) ? keyOfBody(body[0]) : {}),
    count: values.length,
    raw: (index) => values[index],
    read(index, { receivedAt, newId, enrich }) {
      const raw = values[index];
      const { messageId, made } = readMessageId(isObject(raw) ? raw['messageId'] : undefined, newId);
      if (raw === NOT_JSON) return { messageId, made, items: [], reason: 'the line is not JSON' };
      const read = eventLineToItem(raw, { receivedAt, messageId, badTime: 'receivedAt' });
      if (!read.ok) return { messageId, made, items: [], reason: read.reason };
      if (read.item.kind === 'event') enrich(read.item.event, {});
      return { messageId, made, items: [read.item] };
    },
  };
}

const NOT_JSON = Symbol('not JSON');

function readValues(text: string): unknown[] {
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value)) return value;
    if (isObject(value)) return [value];
    throw new BadBodyError('the body must be an event, an array of events, or NDJSON');
  } catch (error) {
    if (error instanceof BadBodyError) throw error;
  }
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const values = lines.map((line): unknown => {
    try {
      return JSON.parse(line);
    } catch {
      return NOT_JSON;
    }
  });
  if (!values.some(isObject)) throw new BadBodyError('the body is not JSON');
  return values;
}
