import type { Document } from 'mongodb';
import type { Mapping } from '../../shared/model/mapping';
import { accessEventField, elapsedMsExpr, type Expression } from '../mapping/fields';

/** One event of a session as it is read: `at` in ms since 1970. */
export interface JourneyRow {
  readonly id: unknown;
  readonly at: number;
  readonly type: unknown;
  readonly url?: unknown;
  readonly path?: unknown;
  readonly title?: unknown;
  readonly referrer?: unknown;
  readonly duration?: unknown;
  readonly device?: unknown;
  readonly browser?: unknown;
  readonly os?: unknown;
  readonly country?: unknown;
  readonly properties?: unknown;
  /** Whether it matches the report's filters. */
  readonly matches: boolean;
}

const FIELDS = {
  type: 'eventType',
  url: 'page.url',
  path: 'page.path',
  title: 'page.title',
  referrer: 'page.referrer',
  duration: 'durationSec',
  device: 'device',
  browser: 'browser',
  os: 'os',
  country: 'country',
} as const;

/** Look-ups that a session's events need. */
export function journeyLookups(mapping: Mapping): ('session' | 'user')[] {
  return Object.values(FIELDS).flatMap((field) => accessEventField(mapping, field).lookup ?? []);
}

/** The events of a session in order of (time, id). */
export function listSessionEvents(
  mapping: Mapping,
  stages: readonly Document[],
  options: { readonly matches: Expression; readonly limit: number },
): Document[] {
  const { fields } = mapping.events;
  // Text and numbers need not sort as the instants they mean.
  const isDate = fields.timestamp.as === 'date';
  return [
    ...stages,
    ...(isDate ? [] : [{ $set: { waymarkAt: elapsedMsExpr(mapping, 0) } }]),
    { $sort: { [isDate ? fields.timestamp.path : 'waymarkAt']: 1, [fields.id]: 1 } },
    { $limit: options.limit },
    {
      $project: {
        _id: 0,
        id: `$${fields.id}`,
        at: elapsedMsExpr(mapping, 0),
        ...Object.fromEntries(
          Object.entries(FIELDS).map(([name, field]) => [
            name,
            accessEventField(mapping, field).expr ?? { $literal: null },
          ]),
        ),
        ...(fields.properties === undefined
          ? {}
          : { properties: fields.properties === '.' ? '$$ROOT' : `$${fields.properties}` }),
        matches: options.matches === true ? { $literal: true } : options.matches,
      },
    },
  ];
}
