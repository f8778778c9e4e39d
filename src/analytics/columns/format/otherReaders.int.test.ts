import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { provideDuckdb } from '../testing/provideDuckdb';
import { assembleBlock } from './assembleBlock';
import type { ColumnEvent } from './columnEvent';
import { decodeBlock } from './decode';
import { encodeBlock } from './encode';
import { Ordinals } from './ordinals';

const START = Date.UTC(2026, 4, 1);
const EVENTS: ColumnEvent[] = Array.from({ length: 1_000 }, (_, index) => ({
  id: String(index),
  at: START + index * 1_000,
  userId: `u${index % 17}`,
  sessionId: index % 4 === 0 ? null : `s${index % 101}`,
  durationSec: index % 5 === 0 ? null : index / 4,
  texts: {
    eventType: ['page_view', 'add_to_cart', 'purchase'][index % 3] ?? '',
    device: index % 7 === 0 ? null : 'mobile',
  },
  properties: {
    amount: index % 3 === 2 ? index / 10 : null,
    plan: index % 2 === 0 ? 'pro' : null,
    isNew: index % 6 === 0,
    endsAt: index % 9 === 0 ? START + index * 60_000 : null,
  },
}));
const DECLARED = [
  { name: 'amount', type: 'number' },
  { name: 'plan', type: 'text' },
  { name: 'isNew', type: 'boolean' },
  { name: 'endsAt', type: 'date' },
] as const;

const PROGRAM = `
import gzip, json, sys, duckdb, pyarrow.ipc
block = pyarrow.ipc.open_stream(gzip.open(json.loads(sys.argv[1]))).read_all()
ask = lambda sql: [list(row) for row in duckdb.sql(sql).fetchall()]
print(json.dumps({
  "version": block.schema.metadata[b"waymark.version"].decode(),
  "types": ask('select "eventType", count(*), count(distinct "user") from block group by 1 order by 1'),
  "present": ask('select count("session"), count("durationSec"), count("device"), count("properties.plan"), count("properties.endsAt") from block')[0],
  "sums": ask('select sum("durationSec"), sum("properties.amount"), sum("gap") from block')[0],
  "last": ask('select epoch_ms(max("properties.endsAt")) from block')[0][0],
}))
`;

const python = await provideDuckdb();
describe('a block in another Arrow reader', () => {
  it('gives DuckDB the same counts', async ({ skip }) => {
    if (!python) skip('needs Python 3.10 with pip');
    const ordinals = { users: new Ordinals(), sessions: new Ordinals() };
    const bytes = await encodeBlock(assembleBlock(START, EVENTS, ordinals, DECLARED));
    const folder = await mkdtemp(path.join(tmpdir(), 'waymark-block-'));
    const file = path.join(folder, 'block.arrow.gz');
    await writeFile(file, bytes);
    const countOf = (test: (event: ColumnEvent) => boolean): number => EVENTS.filter(test).length;
    const sumOf = (value: (event: ColumnEvent) => number): number =>
      EVENTS.reduce((sum, event) => sum + value(event), 0);
    expect(await python?.(PROGRAM, file)).toEqual({
      version: '2',
      types: ['add_to_cart', 'page_view', 'purchase'].map((type) => [
        type,
        countOf((event) => event.texts.eventType === type),
        new Set(EVENTS.filter((event) => event.texts.eventType === type).map(({ userId }) => userId)).size,
      ]),
      present: [
        countOf((event) => event.sessionId !== null),
        countOf((event) => event.durationSec !== null),
        countOf((event) => event.texts.device !== null),
        countOf((event) => event.properties['plan'] !== null),
        countOf((event) => event.properties['endsAt'] !== null),
      ],
      sums: [
        expect.closeTo(
          sumOf((event) => event.durationSec ?? 0),
          6,
        ),
        expect.closeTo(
          sumOf((event) => Number(event.properties['amount'] ?? 0)),
          6,
        ),
        999_000,
      ],
      last: Math.max(...EVENTS.map((event) => Number(event.properties['endsAt'] ?? 0))),
    });
    // And what it read is what we read.
    const block = decodeBlock(bytes);
    const dates = block.properties.get('endsAt');
    expect(dates?.type === 'number' && dates.isDate).toBe(true);
    await rm(folder, { recursive: true });
  }, 300_000);
});
