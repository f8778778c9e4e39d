import type { Document } from 'mongodb';
import type { Condition, Filter, ReportEvent } from '../../../shared/reports/filters';
import { resolveRange, type ResolvedRange } from '../../../shared/time/range';
import { testCondition } from '../../filters/testCondition';
import { valueAt } from '../../mapping/documents';
import { userField, type ProfileSource } from '../scan/userField';
import type { EventDetails } from './details';

/** One person, for whom conditions are tested event by event. */
export interface Person {
  /** Canonical. */
  readonly userId: string;
  /** The user document, when there is one. */
  readonly profile: Document | undefined;
  readonly source: ProfileSource;
  /** All events, in order of (time, id). */
  readonly events: readonly EventDetails[];
  /** Range of `did` and `didNot` that name none. */
  readonly range: Pick<ResolvedRange, 'from' | 'to'>;
  /** ms. */
  readonly now: number;
}

const OWN_FIELDS: Readonly<Record<string, keyof EventDetails>> = {
  userId: 'user',
  sessionId: 'session',
  eventType: 'type',
  device: 'device',
  browser: 'browser',
  os: 'os',
  country: 'country',
  durationSec: 'duration',
  'page.url': 'url',
  'page.path': 'path',
  'page.title': 'title',
  'page.referrer': 'referrer',
};

/** The value of a report's field in an event; null when it has none. */
export function fieldOf(event: EventDetails, field: string): unknown {
  const own = Object.prototype.hasOwnProperty.call(OWN_FIELDS, field) ? OWN_FIELDS[field] : undefined;
  if (own !== undefined) return event[own] ?? null;
  if (!field.startsWith('properties.')) return null;
  return valueIn(event.properties, field.slice('properties.'.length).split('.')) ?? null;
}

/** The value at a path; of an array of objects, the values in each of them, as the server finds them. */
function valueIn(value: unknown, path: readonly string[]): unknown {
  const [part, ...rest] = path;
  if (part === undefined) return value;
  if (Array.isArray(value)) {
    const found = value
      .map((element) => (Array.isArray(element) ? undefined : valueIn(element, path)))
      .filter((one) => one !== undefined);
    return found.length === 0 ? undefined : found.flat();
  }
  return valueIn(valueAt(value, part), rest);
}

function holds(person: Person, event: EventDetails, condition: Condition): boolean {
  const value = condition.field.startsWith('user.')
    ? userField(person.source, person.userId, person.profile, condition.field.slice('user.'.length))
    : fieldOf(event, condition.field);
  return testCondition(value, condition);
}

/** Whether the person did an event at least so often in the range of a filter. */
function did(person: Person, event: ReportEvent, atLeast: number, range: Filter): boolean {
  const own = 'range' in range && range.range ? resolveRange(range.range, person.now) : person.range;
  let count = 0;
  for (const one of person.events) {
    if (one.at >= own.from && one.at < own.to && isEvent(person, one, event)) count += 1;
    if (count >= atLeast) return true;
  }
  return count >= atLeast;
}

/** Whether a stored event passes one filter of a report. */
export function passes(person: Person, event: EventDetails, filter: Filter): boolean {
  if ('anyOf' in filter) return filter.anyOf.some((one) => passes(person, event, one));
  if ('did' in filter) return did(person, filter.did, filter.atLeast, filter);
  if ('didNot' in filter) return !did(person, filter.didNot, 1, filter);
  return holds(person, event, filter);
}

/** Whether a stored event is an event of a report. */
export function isEvent(person: Person, stored: EventDetails, event: ReportEvent): boolean {
  if (typeof event === 'string') return event === '*' || stored.type === event;
  if ('anyOf' in event) return event.anyOf.some((one) => isEvent(person, stored, one));
  return (
    (event.event === '*' || stored.type === event.event) &&
    (event.where ?? []).every((filter) => passes(person, stored, filter))
  );
}
