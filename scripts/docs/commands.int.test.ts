import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { dropShop, fillShop } from '../../src/e2e/harness/shop';
import { COLLECTIONS } from '../../src/shared/model/collections';
import { build } from '../build.mjs';
import { freePort } from '../processes/freePort.mjs';
import { startLeashed, type Leashed } from '../processes/startLeashed.mjs';
import { findCommands, findExample } from './commands';

const ROOT = path.resolve(import.meta.dirname, '../..');
const DATABASE = 'docsCommands';
const READY_WITHIN_MS = 30_000;

/** Commands that are not run here, each with the reason. */
const NOT_RUN: Readonly<Record<string, string>> = {
  'npm run demo': 'scripts/freshMachine.sh runs it from a bare machine; its parts have tests of their own',
  'npm test': 'it is what runs this test',
  'npm run build': 'the stage before the tests runs it',
};

let port = 0;
let folder = '';
let collector: Leashed | undefined;

/** A command as it is written, on this test's database, port and folder. */
const localize = (command: string): string =>
  command
    .replaceAll(/mongodb:\/\/localhost:27017(\/\?replicaSet=rs0)?/g, inject('mongoUri'))
    .replaceAll('localhost:8080', `127.0.0.1:${port}`)
    .replaceAll('PORT=8080', `PORT=${port}`)
    .replaceAll('--db waymark', `--db ${DATABASE}`)
    .replaceAll('--columns-db analytics_columns', `--columns-db ${DATABASE}Columns`)
    .replaceAll('npx waymark-collector', `node ${ROOT}/collector/bin/waymark-collector.mjs`)
    .replaceAll('npx waymark ', `node ${ROOT}/src/cli/bin.mjs `)
    .replaceAll(/--uri (mongodb:\S+)/g, "--uri '$1'")
    .replaceAll('curl ', 'curl --silent --show-error --fail-with-body ');

const environment = (): NodeJS.ProcessEnv => ({
  ...process.env,
  WAYMARK_URI: inject('mongoUri'),
  WAYMARK_DB: DATABASE,
  // Columns have one compactor at a time, and the commands of docs/columns.md are one themselves.
  WAYMARK_COMPACTOR: 'off',
  WAYMARK_DATA_DIR: path.join(folder, 'log'),
});

beforeAll(async () => {
  port = await freePort();
  folder = mkdtempSync(path.join(tmpdir(), 'waymark-docs-'));
  writeFileSync(path.join(folder, 'checkout.report.json'), findExample('README.md', 'json'));
  await build(() => undefined);
  await fillShop({ uri: inject('mongoUri'), database: DATABASE, events: 500 });
});
afterAll(async () => {
  await collector?.stop();
  await dropShop(inject('mongoUri'), DATABASE);
  await dropShop(inject('mongoUri'), `${DATABASE}Columns`);
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

/** Waits until the collector takes traffic. */
async function waitUntilReady(): Promise<void> {
  for (const deadline = Date.now() + READY_WITHIN_MS; Date.now() < deadline;) {
    const status = await new Promise<number>((resolve) => {
      const asked = request({ host: '127.0.0.1', port, path: '/readyz' }, ({ statusCode = 0 }) =>
        resolve(statusCode),
      );
      asked.on('error', () => resolve(0)).end();
    });
    if (status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`The collector is not ready: ${collector?.output()}`);
}

describe('every command of the documentation works as it is written', () => {
  const commands = findCommands();

  it('there are some, and none is left out without need', () => {
    expect(commands.length).toBeGreaterThan(8);
    const shown = new Set(commands.map(({ command }) => command));
    expect(Object.keys(NOT_RUN).filter((command) => !shown.has(command))).toEqual([]);
  });

  it.each(commands.filter(({ command }) => NOT_RUN[command] === undefined))(
    '$page: $command',
    async ({ command }) => {
      const localized = localize(command);
      if (/npx waymark-collector$/.test(command)) {
        collector = await startLeashed('sh', ['-c', `exec env ${localized}`], {
          cwd: folder,
          env: environment(),
        });
        await waitUntilReady();
        return;
      }
      const { status, stdout, stderr } = spawnSync('sh', ['-c', localized], {
        cwd: folder,
        env: environment(),
        encoding: 'utf8',
        timeout: 60_000,
      });
      expect([status, stdout, stderr]).toEqual([0, expect.any(String), expect.any(String)]);
    },
  );

  it('README.md: the program that sends an event with Segment’s library', async () => {
    const program = findExample('README.md', 'js');
    expect(program).toContain('@segment/analytics-node');
    const { status, stderr } = spawnSync(
      process.execPath,
      ['--input-type=module', '--eval', program.replaceAll('localhost:8080', `127.0.0.1:${port}`)],
      { cwd: ROOT, encoding: 'utf8', timeout: 60_000 },
    );
    expect([status, stderr]).toEqual([0, '']);
    const client = new MongoClient(inject('mongoUri'));
    try {
      const stored = client.db(DATABASE).collection(COLLECTIONS.events);
      await expect
        .poll(() => stored.countDocuments({ eventType: 'add_to_cart', 'properties.price': 12.5 }), {
          timeout: 20_000,
        })
        .toBe(1);
    } finally {
      await client.close();
    }
  });
});
