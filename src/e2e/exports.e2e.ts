import { mkdtempSync, readFileSync, rmSync, writeFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { runCli } from '../cli/testing/runCli';
import { launchApp, waitUntilOpen, type RunningApp } from './harness/app';
import { dropShop, fillShop } from './harness/shop';

const uri = inject('mongoUri');
const database = 'e2eExports';
const folder = mkdtempSync(path.join(tmpdir(), 'waymark-exports-'));
const trend = {
  version: 1,
  title: 'By country',
  kind: 'trend',
  range: { from: '2026-06-01', to: '2026-06-28', timezone: 'Europe/Berlin' },
  breakdown: 'country',
} as never;
const SVG = `<svg xmlns="http://www.w3.org/2000/svg" width="400" height="300"><rect width="200" height="100" fill="#2D72D2"/><text x="10" y="150">Waymark</text></svg>`;
let app: RunningApp;

beforeAll(async () => {
  await fillShop({ uri, database });
  app = await launchApp({ args: ['--uri', uri, '--db', database] });
  await waitUntilOpen(app.window);
});
afterAll(async () => {
  await app.close();
  await dropShop(uri, database);
  rmSync(folder, { recursive: true });
});

const file = (name: string): string => path.join(folder, name);

/** Answers the next save and open dialogs as a person would. */
const choose = (target: string): Promise<void> =>
  app.electron.evaluate(({ dialog }, chosen) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath: chosen });
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] });
  }, target);

describe('report files', () => {
  it('are saved as the command line takes them, opened again, and remembered', async () => {
    await choose(file('Mine'));
    const saved = await app.call('reportFiles.save', { report: trend });
    expect(saved?.path).toBe(file('Mine.report.json'));
    const printed = await runCli(['run', file('Mine.report.json'), '--uri', uri, '--db', database]);
    expect(printed.exitCode).toBe(0);
    await choose(file('Mine.report.json'));
    const opened = await app.call('reportFiles.open', {});
    expect(opened?.report).toMatchObject({ kind: 'trend', title: 'By country' });
    const { reports } = await app.call('reportFiles.recent', {});
    expect(reports.map(({ path: recent }) => recent)).toEqual([file('Mine.report.json')]);
    expect((await app.call('reportFiles.openRecent', { path: file('Mine.report.json') })).name).toBe(
      'Mine.report.json',
    );
  });

  it('cannot be reached by a path that no person chose', async () => {
    writeFileSync(file('other.report.json'), JSON.stringify(trend));
    await expect(
      app.call('reportFiles.openRecent', { path: file('other.report.json') }),
    ).rejects.toMatchObject({
      code: 'badInput',
    });
    await expect(
      app.call('reportFiles.save', { report: trend, path: file('stolen.report.json') }),
    ).rejects.toMatchObject({ code: 'badInput' });
    expect(readdirSync(folder)).not.toContain('stolen.report.json');
  });

  it('that are faulty are refused with the path of the fault', async () => {
    writeFileSync(file('bad.report.json'), JSON.stringify({ ...(trend as object), interval: 'fortnight' }));
    await choose(file('bad.report.json'));
    await expect(app.call('reportFiles.open', {})).rejects.toMatchObject({
      code: 'badReport',
      path: 'interval',
    });
  });
});

describe('exports', () => {
  it('CSV has the bytes of the command line', async () => {
    await choose(file('out.csv'));
    const written = await app.call('export.csv', { report: trend, suggestedName: 'By country' });
    const bytes = readFileSync(file('out.csv'), 'utf8');
    writeFileSync(file('trend.report.json'), JSON.stringify(trend));
    const printed = await runCli([
      ...['run', file('trend.report.json'), '--uri', uri, '--db', database, '--format', 'csv'],
    ]);
    expect(bytes).toBe(printed.stdout);
    expect(written).toMatchObject({ path: file('out.csv'), bytes: Buffer.byteLength(bytes) });
    expect(written?.rows).toBe(bytes.trimEnd().split(/\r?\n/).length - 1);
  });

  it('a picture is written as it is drawn, a PDF from its SVG', async () => {
    await choose(file('out.svg'));
    await app.call('export.picture', { format: 'svg', svg: SVG, suggestedName: 'x' });
    expect(readFileSync(file('out.svg'), 'utf8')).toBe(SVG);

    await choose(file('out.pdf'));
    await app.call('export.picture', {
      format: 'pdf',
      svg: SVG,
      width: 400,
      height: 300,
      suggestedName: 'x',
    });
    const pdf = readFileSync(file('out.pdf'), 'latin1');
    expect(pdf.startsWith('%PDF-')).toBe(true);
    // 400 × 300 CSS pixels are 300 × 225 points, on one page.
    const [, width, height] = /\/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]/.exec(pdf) ?? [];
    expect([Math.round(Number(width)), Math.round(Number(height))]).toEqual([300, 225]);
    expect(pdf.match(/\/Type\s*\/Page[^s]/g)).toHaveLength(1);

    await choose(file('out.png'));
    const png = await app.electron.evaluate(({ nativeImage }) => [
      ...nativeImage.createFromBitmap(Buffer.alloc(16, 255), { width: 2, height: 2 }).toPNG(),
    ]);
    const sent = await app.window.evaluate(
      (bytes) =>
        (globalThis as never as { waymark: { call(message: unknown): Promise<unknown> } }).waymark.call({
          id: 'png',
          channel: 'export.picture',
          request: { format: 'png', bytes: new Uint8Array(bytes), suggestedName: 'x' },
        }),
      png,
    );
    expect(sent).toMatchObject({ ok: true });
    expect([...readFileSync(file('out.png'))]).toEqual(png);
  });

  it('a place that cannot be written to is a sentence and leaves nothing behind', async () => {
    await choose(path.join(folder, 'missing', 'out.csv'));
    await expect(app.call('export.csv', { report: trend, suggestedName: 'x' })).rejects.toMatchObject({
      code: 'badInput',
      message: expect.stringMatching(/could not be written/),
    });
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('the clipboard takes text', async () => {
    await app.call('clipboard.write', { text: 'db.events.find()' });
    expect(await app.electron.evaluate(({ clipboard }) => clipboard.readText())).toBe('db.events.find()');
  });
});
