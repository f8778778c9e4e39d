import { readFile, rm, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../testing/runCollector';
import { type Span, WriteAheadLog } from './writeAheadLog';

let dir: string;
let remove: () => Promise<void>;
let damaged: number[];
let log: WriteAheadLog;
let whole: Span;

beforeEach(async () => {
  ({ folder: dir, remove } = await temporaryFolder());
  damaged = [];
  ({ log } = await WriteAheadLog.open({
    dir,
    limitBytes: 1e6,
    segmentBytes: 1e6,
    reached: () => undefined,
    onDamaged: (bytes) => damaged.push(bytes),
  }));
  const spans = await Promise.all(['first', 'second', 'third'].map((text) => log.append(Buffer.from(text))));
  whole = { segment: 1, start: 0, end: spans[2]?.end ?? 0 };
});
afterEach(async () => {
  await log.close();
  await remove();
});

const file = (): string => path.join(dir, '0000000001.log');
const read = async (): Promise<string[]> => (await log.read(whole)).map(String);

describe('what is read back from the log', () => {
  it('is what was appended', async () => {
    expect(await read()).toEqual(['first', 'second', 'third']);
    expect(damaged).toEqual([]);
  });

  it('leaves out what was damaged since, says how much, and keeps a copy', async () => {
    const bytes = await readFile(file());
    bytes.write('SECOND', bytes.indexOf('second'));
    await writeFile(file(), bytes);
    expect(await read()).toEqual(['first', 'third']);
    expect(damaged).toEqual([22]);
    expect(await readFile(`${file()}.damaged`)).toEqual(bytes);
  });

  it('says what is missing of a file that was cut, or is gone', async () => {
    await truncate(file(), 30);
    expect(await read()).toEqual(['first']);
    await rm(file());
    expect(await read()).toEqual([]);
    expect(damaged).toEqual([whole.end - 21, whole.end]);
  });
});
