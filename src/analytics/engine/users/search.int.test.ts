import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { parseReport } from '../../../shared/reports/report';
import { openStreamDatabase, type StreamDatabase } from '../../differential/database';
import { storedOf } from '../../examples/example';
import { runRecorded } from '../runReport';

let database: StreamDatabase;
beforeAll(async () => {
  database = await openStreamDatabase(inject('mongoUri'), 'users_search_int');
  await database.load(
    storedOf({
      rule: 'search',
      events: `
        anon-77 10:00 visit
        visitor 10:00 visit
        bob 10:00 visit
        bob 10:01 visit
        cleo-77 10:00 visit
        7712 10:00 visit
        dan 10:00 visit`,
      identities: { 'anon-77': 'ann', visitor: 'zoe-77' },
      users: [
        { _id: 'bob', email: 'bob77@example.org' },
        { _id: 'nobody-77', name: 'Without an event' },
        { _id: 'dan', name: 'Dan' },
      ],
      report: {},
      counts: {},
    }),
  );
});
afterAll(() => database.close());

it.each(['-lastActive', 'events', '-sessions', 'name', 'createdAt'])(
  'a search sorted by %s finds ids, other ids and e-mails, and reads the events of nobody else',
  async (sort) => {
    const report = parseReport({
      version: 1,
      kind: 'users',
      range: { from: '2026-03-02', to: '2026-03-02', timezone: 'UTC' },
      search: '77',
      sort,
    });
    const { result, run } = await runRecorded({
      report,
      source: database.source,
      now: Date.parse('2026-03-10T00:00:00Z'),
      reading: { quickPageFrom: 0 },
    });
    if (result.kind !== 'users') throw new Error('Expected users.');
    expect(result.data.users.map(({ userId }) => userId).sort()).toEqual([
      '7712',
      'ann',
      'bob',
      'cleo-77',
      'zoe-77',
    ]);
    expect(result.data.total).toEqual({ count: 5, exact: true });
    const counted = run.calls.filter(({ purpose }) => purpose === 'events of each user');
    expect(counted.length).toBeGreaterThan(0);
    for (const { pipeline } of counted) expect(JSON.stringify(pipeline[0])).toContain('$in');
  },
);
