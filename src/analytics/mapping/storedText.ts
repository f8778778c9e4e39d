import { Binary, Decimal128, Double, Int32, Long, ObjectId } from 'mongodb';
import { scalarText } from './scalarText';

/**
 * A stored id as the text by which Waymark knows it: ObjectIds as hex, numbers as String(n), UUIDs as
 * usual; null for null and missing.
 */
export function idText(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return null;
  return valueText(value);
}

/** A stored value as text for breakdowns, or null for null and missing: one rule for every executor. */
export function valueText(value: unknown): string | null {
  const plain = scalarText(value);
  return plain === undefined ? (storedScalarText(value) ?? JSON.stringify(plainValue(value))) : plain;
}

/** The text of a stored type that is one value rather than a container; undefined for containers. */
function storedScalarText(value: unknown): string | undefined {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid date' : value.toISOString();
  if (value instanceof ObjectId) return value.toHexString();
  if (value instanceof Long || value instanceof Decimal128) return value.toString();
  if (value instanceof Double || value instanceof Int32) return String(value.value);
  if (value instanceof Binary) {
    return value.sub_type === Binary.SUBTYPE_UUID ? value.toUUID().toHexString(true) : value.toString('hex');
  }
  return undefined;
}

/** A stored value as plain JSON: dates as ISO text, ids as text, containers element by element. */
export function plainValue(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  const text = storedScalarText(value);
  if (text !== undefined) return text;
  if (Array.isArray(value)) return value.map((element) => plainValue(element) ?? null);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plainValue(inner)]));
}
