import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLog } from './log';
import { createRedactor } from './redact';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'waymark-log-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the log', () => {
  it('keeps one redacted line per entry', () => {
    const log = openLog(folder, createRedactor());
    log.write('error', 'failed\nmongodb://ana:hunter2@db:1');
    expect(log.tail(10)).toHaveLength(1);
    expect(readFileSync(log.file, 'utf8')).toMatch(/Z error failed\\nmongodb:\/\/\*\*\*@db:1\n$/);
  });

  it('is bounded: rotated at a megabyte, three files kept', () => {
    const log = openLog(folder, createRedactor());
    const line = 'x'.repeat(300_000);
    for (let index = 0; index < 300; index += 1) log.write('info', line);
    const files = readdirSync(folder).sort();
    expect(files).toEqual(['waymark.1.log', 'waymark.2.log', 'waymark.log']);
    for (const file of files) expect(statSync(path.join(folder, file)).size).toBeLessThan(1_100_000);
  });
});
