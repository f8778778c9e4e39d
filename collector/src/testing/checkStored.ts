/** Judges what is in a database after a test: every acknowledged event once, and all that is derived consistent. */
import type { Db } from 'mongodb';
import { expect } from 'vitest';
import type { StoredEvent, StoredIdentity, StoredSession, StoredUser } from '../../../src/shared/model/event';
import { send } from './load';

/** Waits until the collector has written and derived everything, by its own metrics. */
export async function settled(url: string, withinMs = 60_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const { body } = await send(`${url}/metrics`, '', { method: 'GET' });
    const figure = (name: string): number =>
      Number(new RegExp(`^${name} (.+)$`, 'm').exec(body)?.[1] ?? Number.NaN);
    if (
      figure('waymark_collector_queue_entries') === 0 &&
      figure('waymark_collector_derived_lag_seconds') === 0 &&
      figure('waymark_collector_log_bytes') === 0
    ) {
      return;
    }
    if (Date.now() > deadline) throw new Error('the collector did not come to rest');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** acknowledged ⊆ stored ⊆ sent, nothing twice, and users, sessions and identities as the events make them. */
export async function expectStored(
  db: Db,
  acknowledged: ReadonlySet<string>,
  sent: ReadonlySet<string>,
): Promise<void> {
  const events = await db.collection<StoredEvent>('events').find().toArray();
  const ids = new Set(events.map(({ _id }) => _id));
  expect([...acknowledged].filter((id) => !ids.has(id))).toEqual([]);
  expect([...ids].filter((id) => !sent.has(id))).toEqual([]);
  expect(new Set(events.map(({ properties }) => properties['number'])).size).toBe(events.length);
  await expectDerived(db, events);
}

async function expectDerived(db: Db, events: readonly StoredEvent[]): Promise<void> {
  const identities = await db.collection<StoredIdentity>('identities').find().toArray();
  const canonicalOf = new Map(identities.map(({ _id, canonicalId }) => [_id, canonicalId]));
  for (const canonicalId of canonicalOf.values()) expect(canonicalOf.has(canonicalId)).toBe(false);
  const activity = new Map<string, { first: number; last: number; events: number }>();
  for (const { userId, timestamp } of events) {
    const at = timestamp.getTime();
    const id = canonicalOf.get(userId) ?? userId;
    const known = activity.get(id) ?? { first: at, last: at, events: 0 };
    activity.set(id, {
      first: Math.min(known.first, at),
      last: Math.max(known.last, at),
      events: known.events + 1,
    });
  }
  const users = await db.collection<StoredUser>('users').find().toArray();
  expect(users.map(({ _id }) => _id).sort()).toEqual([...activity.keys()].sort());
  for (const { _id, createdAt, lastActiveAt } of users) {
    expect({ _id, first: createdAt.getTime(), last: lastActiveAt.getTime() }).toEqual({
      _id,
      first: activity.get(_id)?.first,
      last: activity.get(_id)?.last,
    });
  }
  const counted = new Map<string, number>();
  for (const { userId, eventCount } of await db.collection<StoredSession>('sessions').find().toArray()) {
    counted.set(userId, (counted.get(userId) ?? 0) + eventCount);
  }
  for (const [id, { events: count }] of activity) expect([id, counted.get(id)]).toEqual([id, count]);
}
