import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareEvents, type ColumnEvent } from '../format/columnEvent';
import { memorySnapshot } from '../testing/memorySnapshot';
import { deriveSessions, sentOfRows } from './sessions';
import { openWholeTable } from './wholeTable';

const GAP_MS = 1_800_000;
const START = Date.UTC(2026, 0, 1);

const event: fc.Arbitrary<ColumnEvent> = fc.record({
  id: fc.uuid(),
  at: fc.integer({ min: 0, max: 200 }).map((step) => START + step * 15 * 60_000),
  userId: fc.constantFrom('anna', 'ben', 'anon-1', 'anon-2'),
  sessionId: fc.option(fc.constantFrom('s1', 's2'), { nil: null }),
  durationSec: fc.constant(null),
  texts: fc.record({ eventType: fc.constantFrom('view', 'buy') }),
  properties: fc.constant({}),
});
const IDENTITIES = new Map([
  ['anon-1', 'anna'],
  ['anon-2', 'ghost'],
]);

const tableOf = (events: readonly ColumnEvent[]) =>
  openWholeTable(memorySnapshot(events, { identities: IDENTITIES }), ['at', 'session', 'eventType']);

const personOf = (one: ColumnEvent): string => IDENTITIES.get(one.userId) ?? one.userId;

describe('an event table', () => {
  test('holds each person’s events together, in the order of time and id', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 80 }), async (events) => {
        const { table, people } = await tableOf(events);
        const ids = await people.ids();
        const types = table.text('eventType');
        const seen: string[] = [];
        for (let person = 0; person < table.layout.people; person++) {
          const name = ids[table.layout.canonical[person] as number] as string;
          seen.push(name);
          const rows: string[] = [];
          const end = table.layout.start[person + 1] as number;
          for (let row = table.layout.start[person] as number; row < end; row++) {
            rows.push(`${String(table.at.of(row))} ${types.values[types.codes[row] as number] ?? ''}`);
          }
          const expected = events.filter((one) => personOf(one) === name).sort(compareEvents);
          expect(rows).toEqual(expected.map((one) => `${one.at} ${one.texts.eventType ?? ''}`));
        }
        expect(new Set(seen)).toEqual(new Set(events.map(personOf)));
      }),
    );
  });

  test('finds the ids that were sent again in sessions, of whatever gap they are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 80 }), async (events) => {
        const { table } = await tableOf(events);
        const { layout, at, sent } = table;
        for (const gapMs of [0, GAP_MS]) {
          const known = sentOfRows(deriveSessions(layout, at, sent, gapMs), layout.rows);
          expect(known).toEqual(sent);
        }
      }),
    );
  });

  test('cuts sessions by the id that was sent, or where more than the gap lies between events without one', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 80 }), async (events) => {
        const { table } = await tableOf(events);
        const sessions = table.sessions(GAP_MS);
        const expected: string[] = [];
        for (const person of new Set(events.map(personOf))) {
          const own = events.filter((one) => personOf(one) === person).sort(compareEvents);
          const groups = new Map<string, ColumnEvent[]>();
          let cuts = 0;
          let last = -Infinity;
          for (const one of own) {
            if (one.sessionId === null) {
              if (one.at - last > GAP_MS) cuts++;
              last = one.at;
            }
            const key = one.sessionId ?? `derived ${cuts}`;
            groups.set(key, [...(groups.get(key) ?? []), one]);
          }
          for (const group of groups.values()) {
            const times = group.map((one) => one.at);
            expected.push(`${Math.min(...times)} ${Math.max(...times)} ${group.length}`);
          }
        }
        const actual = Array.from({ length: sessions.count }, (_, s) => {
          const startedAt = sessions.startedAt.of(s);
          return `${startedAt} ${startedAt + (sessions.durationMs[s] ?? 0)} ${sessions.events[s]}`;
        });
        expect(actual.sort()).toEqual(expected.sort());
      }),
    );
  });
});
