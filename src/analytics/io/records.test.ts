import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { csvCell } from '../../shared/reports/csvCells';
import { csvEventReader } from './csvEvents';
import { MAX_LINE_BYTES } from './lines';
import { formatOf, readRecords, type FileRecord } from './records';

const folder = mkdtempSync(path.join(tmpdir(), 'waymark-records-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function read(name: string, content: string | Buffer): Promise<FileRecord[]> {
  const file = path.join(folder, name);
  writeFileSync(file, content);
  const records: FileRecord[] = [];
  for await (const record of readRecords(file, formatOf(file))) records.push(record);
  return records;
}
const values = (records: FileRecord[]): unknown[] =>
  records.map(({ content }) => (content.ok ? content.value : content.reason));

describe('readRecords, NDJSON', () => {
  it('reads lines whatever their ends, skips blank ones and keeps their numbers', async () => {
    const records = await read('a.ndjson', '\uFEFF{"a":1}\r\n\n  \n{"a":"ü\u2028"}\n{"a":3}');
    expect(values(records)).toEqual([{ a: 1 }, { a: 'ü\u2028' }, { a: 3 }]);
    expect(records.map(({ line }) => line)).toEqual([1, 4, 5]);
  });

  it('reports a line that is not JSON and goes on', async () => {
    const records = await read('b.ndjson', '{"a":1}\n{oops\n{"a":2}\n');
    expect(values(records)).toEqual([{ a: 1 }, 'the line is not JSON', { a: 2 }]);
    expect(records[1]?.text).toBe('{oops');
  });

  it('refuses a line that is too long without ending', async () => {
    const records = await read('c.ndjson', `{"a":1}\n{"x":"${'y'.repeat(MAX_LINE_BYTES)}"}\n{"a":2}\n`);
    expect(values(records)).toEqual([{ a: 1 }, 'the line is longer than 1024 kB', { a: 2 }]);
  });

  it('unpacks gzip, whatever the name says', async () => {
    expect(values(await read('d.ndjson', gzipSync('{"a":1}\n')))).toEqual([{ a: 1 }]);
  });

  it('says that gzip is damaged', async () => {
    const zipped = gzipSync('{"a":1}\n'.repeat(10_000));
    await expect(read('e.ndjson.gz', zipped.subarray(0, 40))).rejects.toThrow(/damaged gzip/);
  });
});

describe('readRecords, CSV', () => {
  it('reads nested names, quotes and lines inside cells', async () => {
    const text =
      'userId,eventType,timestamp,page.path,properties.amount,properties.note,properties.tags\n' +
      'u1,purchase,2026-01-01T00:00:00Z,/a,12.5,"two\nlines, ""quoted""","[""x"",1]"\n' +
      "u2,view,1767225600000,,007,'=sum,true\n";
    const records = await read('f.csv', text);
    expect(values(records)).toEqual([
      {
        userId: 'u1',
        eventType: 'purchase',
        timestamp: '2026-01-01T00:00:00Z',
        page: { path: '/a' },
        properties: { amount: 12.5, note: 'two\nlines, "quoted"', tags: ['x', 1] },
      },
      {
        userId: 'u2',
        eventType: 'view',
        timestamp: 1767225600000,
        properties: { amount: '007', note: '=sum', tags: true },
      },
    ]);
  });

  it('reports a row of another width and goes on', async () => {
    const records = await read('g.csv', 'userId,eventType,timestamp\nu1,a\nu2,b,2026-01-01T00:00:00Z\n');
    expect(values(records)[0]).toBe('the row has 2 cells, the header 3');
    expect(values(records)[1]).toMatchObject({ userId: 'u2' });
  });

  it('refuses an unknown column, naming it and what is allowed', async () => {
    await expect(read('h.csv', 'userId,event\nu1,a\n')).rejects.toThrow(/"event" is not known; allowed are/);
    await expect(read('i.csv', 'userId,userId\nu1,a\n')).rejects.toThrow(/stands twice/);
  });

  it('refuses a file whose quote never ends', async () => {
    await expect(read('j.csv', 'userId,eventType,timestamp\n"u1,a,b\n')).rejects.toThrow(/is not CSV/);
  });

  it('does not let a column reach a prototype', () => {
    const line = csvEventReader(['properties.__proto__.polluted'])(['1']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(Object.keys(line['properties'] as object)).toEqual(['__proto__']);
  });

  it('reads back what an export wrote for a text that looks like a formula', () => {
    const reader = csvEventReader(['userId', 'properties.q']);
    expect(reader([csvCell('@me'), csvCell('=1+1')])).toEqual({ userId: '@me', properties: { q: '=1+1' } });
  });
});
