import type { StoredEvent, StoredIdentity, StoredUser } from '../../shared/model/event';
import type { Stored } from '../reference/world';

/**
 * A worked example: a handful of events, a report, and what a person finds who counts by hand.
 *
 * Events are written one a line as `user time type key=value…`. The time is `HH:MM`, `HH:MM:SS` or
 * `HH:MM:SS.mmm` of Monday, 2 March 2026, or has a day before it (`03-04T10:00`), in UTC. Keys: `id`,
 * `session`, `path`, `device`, `country`, `duration`, and any other is a property whose value is JSON or else
 * text. Ids count up in the order in which the lines stand unless given.
 */
export interface Example {
  readonly rule: string;
  readonly events: string;
  /** Alias edges, `anonymous → user`. */
  readonly identities?: Readonly<Record<string, string>>;
  readonly users?: readonly Partial<StoredUser>[];
  /** The report without its version; the range is 2 March 2026 in UTC unless given. */
  readonly report: Readonly<Record<string, unknown>>;
  /** The clock of the run; long after everything unless given. */
  readonly now?: string;
  /** Paths into the result's data (or `list`, the users behind the mark) and what stands there. */
  readonly counts: Readonly<Record<string, unknown>>;
}

export const LONG_AFTER = '2026-12-31T00:00:00.000Z';

function readTime(text: string): Date {
  const [day, time] = text.includes('T') ? text.split('T') : ['03-02', text];
  const [clock, ms = '000'] = (time ?? '').split('.');
  const parts = (clock ?? '').split(':');
  while (parts.length < 3) parts.push('00');
  const instant = new Date(`2026-${day}T${parts.join(':')}.${ms}Z`);
  if (Number.isNaN(instant.getTime())) throw new Error(`Not a time: ${text}`);
  return instant;
}

function readValue(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function readEvent(line: string, index: number): StoredEvent {
  const [user, time, type, ...pairs] = line.trim().split(/\s+/);
  if (user === undefined || time === undefined || type === undefined)
    throw new Error(`Not an event: ${line}`);
  const event: Record<string, unknown> = {
    _id: `e${String(index).padStart(3, '0')}`,
    userId: user,
    eventType: type,
    timestamp: readTime(time),
    receivedAt: readTime(time),
  };
  const properties: Record<string, unknown> = {};
  for (const pair of pairs) {
    const [key = '', ...rest] = pair.split('=');
    const text = rest.join('=');
    if (key === 'id') event['_id'] = text;
    else if (key === 'session') event['sessionId'] = text;
    else if (key === 'path') event['page'] = { path: text };
    else if (key === 'duration') event['durationSec'] = Number(text);
    else if (key === 'device' || key === 'country') event[key] = text;
    else properties[key] = readValue(text);
  }
  return { ...event, properties } as unknown as StoredEvent;
}

/** What an example has stored. */
export function storedOf(example: Example): Stored {
  const lines = example.events.split('\n').filter((line) => line.trim() !== '');
  return {
    events: lines.map(readEvent),
    users: (example.users ?? []).map(
      (user) =>
        ({
          createdAt: new Date('2026-01-01T00:00:00Z'),
          lastActiveAt: new Date('2026-03-02T00:00:00Z'),
          traits: {},
          ...user,
        }) as StoredUser,
    ),
    identities: Object.entries(example.identities ?? {}).map(([alias, canonicalId]): StoredIdentity => ({
      _id: alias,
      canonicalId,
      linkedAt: new Date('2026-03-02T00:00:00Z'),
    })),
  };
}

/** The report file of an example. */
export function fileOf(example: Example): Record<string, unknown> {
  return {
    version: 1,
    range: { from: '2026-03-02', to: '2026-03-02' },
    ...example.report,
  };
}

/** What stands at a path like `steps[1].count`; `[]` collects from every element. */
export function lookUp(root: unknown, path: string): unknown {
  const keys = path.match(/[^.[\]]+|\[\]/g) ?? [];
  return keys.reduce<{ value: unknown; many: boolean }>(
    ({ value, many }, key) => {
      if (key === '[]') return { value: many && Array.isArray(value) ? value.flat() : value, many: true };
      const step = (node: unknown): unknown => (node as Record<string, unknown> | undefined)?.[key];
      return { value: many && Array.isArray(value) ? value.map(step) : step(value), many };
    },
    { value: root, many: false },
  ).value;
}
