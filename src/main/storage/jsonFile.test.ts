import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openJsonFile, settleWrites, writeAtomically } from './jsonFile';

const schema = z.object({ count: z.number().default(0) });
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'waymark-json-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = (onCorrupt: (file: string, movedTo: string) => void = () => undefined) =>
  openJsonFile({ file: path.join(folder, 'deep', 'settings.json'), schema, initial: {}, onCorrupt });

describe('a JSON file', () => {
  it('has its defaults before it exists and keeps every change', async () => {
    const file = open();
    expect(await file.read()).toEqual({ count: 0 });
    await Promise.all(Array.from({ length: 20 }, () => file.update(({ count }) => ({ count: count + 1 }))));
    expect(await open().read()).toEqual({ count: 20 });
    expect(readdirSync(path.join(folder, 'deep'))).toEqual(['settings.json']);
  });

  it('can be waited for before the app quits', async () => {
    void open().update(() => ({ count: 9 }));
    await settleWrites();
    expect(JSON.parse(readFileSync(path.join(folder, 'deep', 'settings.json'), 'utf8'))).toEqual({
      count: 9,
    });
  });

  it('is readable by its owner alone', async () => {
    await open().update(() => ({ count: 1 }));
    if (process.platform !== 'win32') {
      expect(statSync(path.join(folder, 'deep', 'settings.json')).mode & 0o777).toBe(0o600);
    }
  });

  it.each(['', '{', '{"count":"many"}', '[]', '\0\0\0'])('sets %j aside and starts anew', async (text) => {
    await open().update(() => ({ count: 1 }));
    const file = path.join(folder, 'deep', 'settings.json');
    writeFileSync(file, text);
    const moved: string[] = [];
    expect(await open((_file, movedTo) => moved.push(movedTo)).read()).toEqual({ count: 0 });
    expect(moved).toHaveLength(1);
    expect(readFileSync(moved[0] ?? '', 'utf8')).toBe(text);
  });

  it('refuses a change that does not fit and keeps the old content', async () => {
    const file = open();
    await file.update(() => ({ count: 3 }));
    await expect(file.update(() => ({ count: 'four' as unknown as number }))).rejects.toThrow();
    expect(await file.update(({ count }) => ({ count: count + 1 }))).toEqual({ count: 4 });
  });

  it('leaves the old file and no litter when a write fails', async () => {
    const target = path.join(folder, 'report.json');
    await writeAtomically(target, 'old');
    await expect(writeAtomically(path.join(target, 'below-a-file'), 'new')).rejects.toThrow();
    expect(readFileSync(target, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['report.json']);
  });
});
