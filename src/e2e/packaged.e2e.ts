import { execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { extractFile, listPackage } from '@electron/asar';
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { z } from 'zod';
import { runCli } from '../cli/testing/runCli';
import { KPI_NAMES } from '../shared/reports/report';
import type { Result } from '../shared/reports/result';
import { callFrom, waitUntilOpen } from './harness/app';
import { startLockedMongo, type LockedMongo } from './harness/lockedMongo';
import { openPackaged, packageApp, runPackaged, type Packaged } from './harness/packagedApp';
import { dropShop, fillShop } from './harness/shop';

const uri = inject('mongoUri');
const database = 'e2ePackaged';
const scratch = mkdtempSync(path.join(tmpdir(), 'waymark-packaged-'));
const reportFile = path.join(scratch, 'Juni für alle.report.json');
const report = {
  version: 1,
  title: 'June',
  kind: 'kpis',
  range: { from: '2026-06-01', to: '2026-06-28', timezone: 'Europe/Berlin' },
};
let packaged: Packaged;
let locked: LockedMongo;

beforeAll(async () => {
  writeFileSync(reportFile, JSON.stringify(report));
  [packaged, locked] = await Promise.all([packageApp(), startLockedMongo()]);
  await fillShop({ uri, database, events: 1_000 });
}, 300_000);
afterAll(async () => {
  await locked.stop();
  await dropShop(uri, database);
  rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
});

/** How a fuse stands in the binary: the characters "0" and "1". */
const [OFF, ON] = [0x30, 0x31];

const archive = (): string => path.join(packaged.resources, 'app.asar');

describe('what is in the package', () => {
  it('its size and the time to open are printed', () => {
    expect(packaged.output).toMatch(/: \d+ MB, Electron \d+\.\d+/);
    expect(packaged.output).toMatch(/opens and draws its window in \d+\.\d s/);
  });

  it('is the built app, its icon, the sample shop and keytar, and nothing else', () => {
    const files = listPackage(archive(), { isPack: false })
      .map((file) => file.replaceAll('\\', '/'))
      .filter(
        (file) =>
          !/^\/(out\/renderer\/assets|resources\/sample-shop)\//.test(file) && path.extname(file) !== '',
      );
    expect(files.filter((file) => !/^\/out\/main\/[\w-]+\.cjs$/.test(file)).sort()).toEqual([
      '/node_modules/keytar/LICENSE.md',
      '/node_modules/keytar/build/Release/keytar.node',
      '/node_modules/keytar/lib/keytar.js',
      '/node_modules/keytar/package.json',
      '/out/preload/preload.cjs',
      '/out/renderer/index.html',
      '/package.json',
      '/resources/icon.png',
    ]);
    expect(existsSync(path.join(packaged.resources, 'app'))).toBe(false);
    expect(existsSync(path.join(packaged.resources, 'default_app.asar'))).toBe(false);
  });

  it('no source map, no source of ours, no development dependency and no collector', () => {
    const manifest: unknown = JSON.parse(extractFile(archive(), 'package.json').toString('utf8'));
    expect(manifest).not.toHaveProperty('devDependencies');
    expect(manifest).not.toHaveProperty('scripts');
    const files = listPackage(archive(), { isPack: false });
    expect(files.filter((file) => /\.(map|ts|tsx|test\.\w+)$/.test(file))).toEqual([]);
    for (const file of files.filter((name) => /\.(cjs|js|css)$/.test(name))) {
      const text = extractFile(archive(), file.slice(1)).toString('utf8');
      expect([file, text.includes('sourceMappingURL=data:')]).toEqual([file, false]);
      expect([file, /require\(["'](?:express|vitest|playwright|vite|esbuild)["']\)/.test(text)]).toEqual([
        file,
        false,
      ]);
    }
  });

  it('the native module is for this platform', () => {
    const file = path.join(
      packaged.resources,
      'app.asar.unpacked/node_modules/keytar/build/Release/keytar.node',
    );
    const magic = readFileSync(file).subarray(0, 4).toString('latin1');
    const expected = { linux: '\x7fELF', win32: 'MZ\x90\0', darwin: '\xcf\xfa\xed\xfe' } as const;
    expect(magic).toBe(expected[process.platform as keyof typeof expected]);
    if (process.platform === 'linux') {
      // e_machine of ELF: 62 is x86-64, 183 is AArch64
      expect(readFileSync(file).readUInt16LE(18)).toBe(process.arch === 'arm64' ? 183 : 62);
    }
    expect(statSync(path.join(packaged.resources, '..')).isDirectory()).toBe(true);
  });
});

describe('the fuses', () => {
  it('are set as they should be, read back from the binary', async () => {
    const wire = await getCurrentFuseWire(packaged.executable);
    const stateOf = (fuse: FuseV1Options): number | undefined => wire[fuse];
    expect({
      runAsNode: stateOf(FuseV1Options.RunAsNode),
      nodeOptions: stateOf(FuseV1Options.EnableNodeOptionsEnvironmentVariable),
      inspect: stateOf(FuseV1Options.EnableNodeCliInspectArguments),
      onlyAsar: stateOf(FuseV1Options.OnlyLoadAppFromAsar),
      integrity: stateOf(FuseV1Options.EnableEmbeddedAsarIntegrityValidation),
      cookies: stateOf(FuseV1Options.EnableCookieEncryption),
    }).toEqual({
      runAsNode: OFF,
      nodeOptions: OFF,
      inspect: OFF,
      onlyAsar: ON,
      integrity: ON,
      cookies: ON,
    });
    // Electron has this one since version 29; in older ones it is not in the wire at all.
    expect([OFF, undefined]).toContain(stateOf(FuseV1Options.GrantFileProtocolExtraPrivileges));
  });

  it('keep it from being a Node, from taking options of Node, from being inspected, from loading another app', async () => {
    const marker = path.join(scratch, 'injected');
    const script = path.join(scratch, 'inject.cjs');
    writeFileSync(script, `require('node:fs').writeFileSync(${JSON.stringify(marker)}, '')`);
    const planted = path.join(packaged.resources, 'app');
    mkdirSync(planted);
    try {
      writeFileSync(path.join(planted, 'package.json'), '{"main":"main.cjs"}');
      writeFileSync(path.join(planted, 'main.cjs'), 'process.exit(77)');
      const folder = path.join(scratch, 'fuses');
      const { stderr, exitCode, ending } = await runPackaged(
        packaged.executable,
        ['--inspect=0', script, '--user-data-dir', path.join(folder, 'data'), '--smoke', folder],
        { ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: `--require ${script}` },
      );
      expect(exitCode, ending).toBe(0);
      expect(stderr).not.toContain('Debugger listening');
      expect(existsSync(marker)).toBe(false);
    } finally {
      rmSync(planted, { recursive: true });
    }
  });
});

describe('the deb', () => {
  it('names what Electron needs, opens report files, and what it installs passes its smoke mode', async ({
    skip,
  }) => {
    if (!packaged.deb) return skip('needs dpkg-deb');
    const dpkg = (...args: string[]): string =>
      execFileSync('dpkg-deb', args, { encoding: 'utf8', maxBuffer: 2 ** 26 });
    const { version } = JSON.parse(extractFile(archive(), 'package.json').toString('utf8')) as {
      version: string;
    };
    expect(dpkg('--field', packaged.deb, 'Package', 'Version')).toBe(
      `Package: waymark\nVersion: ${version}\n`,
    );
    expect(dpkg('--field', packaged.deb, 'Depends').trim().split(', ')).toEqual(
      expect.arrayContaining(['libgtk-3-0', 'libnss3', 'libsecret-1-0', 'libgbm1', 'libasound2']),
    );
    const root = path.join(scratch, 'deb');
    dpkg('--extract', packaged.deb, root);
    const entry = readFileSync(path.join(root, 'usr/share/applications/waymark.desktop'), 'utf8');
    expect(entry).toMatch(/^MimeType=application\/vnd\.waymark\.report\+json;$/m);
    expect(readFileSync(path.join(root, 'usr/share/mime/packages/waymark.xml'), 'utf8')).toContain(
      '<glob pattern="*.report.json"/>',
    );
    const installed = /^Exec=(\S+)/m.exec(entry)?.[1] ?? '';
    const folder = path.join(scratch, 'smoke-deb');
    const { exitCode, ending } = await runPackaged(
      path.join(root, installed),
      ['--user-data-dir', path.join(folder, 'data'), '--db', database, '--smoke', folder, reportFile],
      { WAYMARK_URI: uri },
    );
    expect(exitCode, ending).toBe(0);
  });
});

describe('the packaged app', () => {
  it('passes its own smoke mode: opens, answers a report, draws, exits 0', async () => {
    const folder = path.join(scratch, 'smoke');
    const { exitCode, stdout, ending } = await runPackaged(
      packaged.executable,
      ['--user-data-dir', path.join(folder, 'data'), '--db', database, '--smoke', folder, reportFile],
      { WAYMARK_URI: uri },
    );
    expect([exitCode, stdout], ending).toEqual([0, expect.stringContaining('"ok":true')]);
    const outcome = z
      .object({ figures: z.record(z.string(), z.string()), answeredAfterMs: z.number() })
      .parse(JSON.parse(readFileSync(path.join(folder, 'smoke.json'), 'utf8')));
    const printed = await runCli(['run', reportFile, '--uri', uri, '--db', database]);
    const { data } = JSON.parse(printed.stdout) as Result<'kpis'>;
    expect(outcome.figures).toEqual(Object.fromEntries(KPI_NAMES.map((kpi) => [kpi, String(data[kpi])])));
    expect(readFileSync(path.join(folder, 'smoke.png')).subarray(1, 4).toString()).toBe('PNG');
    expect(outcome.answeredAfterMs).toBeGreaterThan(0);
  });

  it('says what is wrong and exits 1 when it can’t answer', async () => {
    const folder = path.join(scratch, 'smoke-without');
    const args = ['--user-data-dir', path.join(folder, 'data'), '--smoke', folder, reportFile];
    const { exitCode, stdout, stderr, ending } = await runPackaged(packaged.executable, args);
    expect([exitCode, stdout], ending).toEqual([1, expect.stringContaining('This window is not connected.')]);
    expect(stderr).toMatch(/smoke: opening the window \(\d+ ms\)/);
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, lastStep: 'the end' });
  });

  it('opens the report it is started with; a second start hands its file over and ends, in smoke mode with a word', async () => {
    const funnelFile = path.join(scratch, 'Checkout.report.json');
    const steps = ['page_visit', 'purchase'];
    writeFileSync(funnelFile, JSON.stringify({ ...report, title: 'Checkout', kind: 'funnel', steps }));
    const first = await openPackaged(packaged.executable, {
      args: [reportFile],
      env: { WAYMARK_URI: uri, WAYMARK_DB: database },
    });
    try {
      await waitUntilOpen(first.page);
      await first.page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
      const { reports } = await callFrom(first.page, 'reportFiles.recent', {});
      expect(reports.map(({ path: recent }) => recent)).toEqual([reportFile]);

      const { exitCode, ending } = await runPackaged(packaged.executable, [
        ...['--user-data-dir', first.userData],
        new URL(`file://${funnelFile}`).href,
      ]);
      expect(exitCode, ending).toBe(0);
      await first.page.getByRole('heading', { name: 'Funnels', level: 1 }).waitFor();
      await first.page.getByText('Checkout').first().waitFor();

      const besides = ['--user-data-dir', first.userData, '--smoke', path.join(scratch, 'smoke-beside')];
      const smoke = await runPackaged(packaged.executable, besides);
      expect([smoke.exitCode, smoke.stdout], smoke.ending).toEqual([
        1,
        expect.stringContaining('Another Waymark is at work in this data folder.'),
      ]);
    } finally {
      await first.close();
    }
  });

  it('looks for updates only in the feed it was built with', async () => {
    const feed = path.join(packaged.resources, 'app-update.yml');
    const [newer, asked]: [{ version: string }, string[]] = [{ version: '99.1.0' }, []];
    const server = createServer((request, response) => {
      asked.push(request.url ?? '');
      const found = request.url?.startsWith('/latest') ?? false;
      const file = { url: 'waymark.deb', sha512: 'AAAA', size: 1 };
      response
        .writeHead(found ? 200 : 404)
        .end(JSON.stringify({ ...newer, files: [file], releaseDate: '2026-01-01' }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const app = await openPackaged(packaged.executable);
    try {
      expect(await callFrom(app.page, 'app.checkForUpdates', {})).toMatchObject({ state: 'off' });
      expect(asked).toEqual([]);
      const { port } = server.address() as AddressInfo;
      writeFileSync(
        feed,
        `provider: generic\nurl: http://127.0.0.1:${port}/\nupdaterCacheDirName: waymark-test\n`,
      );
      writeFileSync(path.join(packaged.resources, 'package-type'), 'deb');
      expect(await callFrom(app.page, 'app.checkForUpdates', {})).toEqual({
        state: 'available',
        text: expect.stringContaining('99.1.0'),
      });
      newer.version = JSON.parse(extractFile(archive(), 'package.json').toString('utf8')).version as string;
      expect(await callFrom(app.page, 'app.checkForUpdates', {})).toMatchObject({ state: 'current' });
      server.close();
      server.closeAllConnections();
      expect(await callFrom(app.page, 'app.checkForUpdates', {})).toMatchObject({ state: 'failed' });
    } finally {
      server.close();
      await app.close();
      rmSync(feed, { force: true });
      rmSync(path.join(packaged.resources, 'package-type'), { force: true });
    }
  });

  it('keeps a password in the real keychain and opens the connection with it after a restart', async () => {
    await fillShop({ uri: locked.adminUri, database: 'shop', events: 200 });
    const userData = mkdtempSync(path.join(scratch, 'keychain-'));
    const first = await openPackaged(packaged.executable, { userData });
    let id = '';
    try {
      const added = await callFrom(first.page, 'connections.add', {
        draft: {
          name: 'Shop',
          address: `mongodb://127.0.0.1:${locked.port}/?directConnection=true`,
          database: 'shop',
          login: { method: 'password', username: locked.user },
        },
        secret: { password: locked.password },
      });
      expect(added.secret).toBe('keychain');
      ({ id } = added);
    } finally {
      expect(await first.close()).toBe(0);
    }
    const second = await openPackaged(packaged.executable, { userData });
    try {
      expect(await callFrom(second.page, 'workspace.open', { id })).toMatchObject({ state: 'open' });
      await callFrom(second.page, 'connections.remove', { id });
    } finally {
      await second.close();
    }
  });
});
