import { WaymarkError } from '../../shared/errors';
import { readCsvText } from '../../shared/reports/csvCells';

/** Columns with a fixed name of a CSV file of events; `properties.NAME` and `properties` come on top. */
export const EVENT_COLUMNS = [
  'messageId',
  'userId',
  'anonymousId',
  'sessionId',
  'eventType',
  'timestamp',
  'durationSec',
  'device',
  'browser',
  'os',
  'country',
  'page.url',
  'page.path',
  'page.title',
  'page.referrer',
] as const;

const PROPERTY = /^properties\.(.+)$/;

/** Puts a value at a path of plain objects. Keys are defined, not assigned, so that none is special. */
function place(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [key = '', ...rest] = path;
  const define = (content: unknown): void => {
    Object.defineProperty(target, key, {
      value: content,
      enumerable: true,
      writable: true,
      configurable: true,
    });
  };
  if (rest.length === 0) {
    define(value);
    return;
  }
  const held = Object.getOwnPropertyDescriptor(target, key)?.value as unknown;
  const inner = (held !== null && typeof held === 'object' ? held : {}) as Record<string, unknown>;
  define(inner);
  place(inner, rest, value);
}

/** A property's cell: numbers, true, false and JSON objects or lists as such, anything else as text. */
function readProperty(cell: string): unknown {
  if (cell === 'true') return true;
  if (cell === 'false') return false;
  if (String(Number(cell)) === cell && Number.isFinite(Number(cell))) return Number(cell);
  if (/^[[{]/.test(cell)) {
    try {
      return JSON.parse(cell) as unknown;
    } catch {
      return cell;
    }
  }
  return readCsvText(cell);
}

/**
 * Turns the header of a CSV file of events into a reader of its rows: each row becomes an import line, not
 * yet validated; empty cells are missing keys.
 * @throws WaymarkError `badInput` naming the column that is not known or stands twice
 */
export function csvEventReader(
  header: readonly string[],
): (row: readonly string[]) => Record<string, unknown> {
  const columns = header.map((name) => name.trim());
  const unknown = columns.find(
    (name) =>
      !(EVENT_COLUMNS as readonly string[]).includes(name) && name !== 'properties' && !PROPERTY.test(name),
  );
  if (unknown !== undefined) {
    throw new WaymarkError(
      'badInput',
      `The column "${unknown}" is not known; allowed are ${EVENT_COLUMNS.join(', ')} and properties.NAME.`,
      { path: unknown },
    );
  }
  const twice = columns.find((name, index) => columns.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new WaymarkError('badInput', `The column "${twice}" stands twice in the header.`, { path: twice });
  }
  return (row) => {
    const line: Record<string, unknown> = {};
    columns.forEach((name, index) => {
      const cell = row[index] ?? '';
      if (cell === '') return;
      if (name === 'properties') {
        const value = readProperty(cell);
        const entries = value !== null && typeof value === 'object' ? Object.entries(value) : [];
        for (const [key, inner] of entries) place(line, ['properties', key], inner);
        if (entries.length === 0 && cell !== '{}') line['properties'] = value;
        return;
      }
      const property = PROPERTY.exec(name)?.[1];
      if (property !== undefined) {
        place(line, ['properties', ...property.split('.')], readProperty(cell));
        return;
      }
      const text = readCsvText(cell);
      if (name === 'durationSec') line[name] = Number.isNaN(Number(text)) ? text : Number(text);
      else if (name === 'timestamp' && /^\d{9,16}$/.test(text)) line[name] = Number(text);
      else place(line, name.split('.'), text);
    });
    return line;
  };
}
