/** Starts the real collector, bundled as it ships, as a process of its own; for integration tests. */
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { startLeashed } from '../../../scripts/processes/startLeashed.mjs';

export const WRITE_KEY = 'test-write-key';
export const ADMIN_KEY = 'test-admin-key-0123456789';

/** A running (or dead) collector process. */
export interface CollectorProcess {
  readonly url: string;
  readonly pid: number;
  /** Its exit code, once it has ended; null after a kill. */
  readonly ended: Promise<number | null>;
  output(): string;
  /** SIGTERM; the exit code and how long it took. */
  stop(): Promise<{ code: number | null; tookMs: number }>;
  /** SIGKILL. */
  kill(): Promise<void>;
}

let bundled: Promise<string> | undefined;

/** The collector's bundle, built once by each process that asks. */
export function bundleCollector(): Promise<string> {
  return (bundled ??= bundle());
}

async function bundle(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'waymark-collector-bundle-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const { bundleOptions } = await import('../../bundleOptions.mjs');
  const outfile = path.join(folder, 'collector.mjs');
  await build({ ...bundleOptions, sourcemap: false, outfile });
  return outfile;
}

/** A new folder for a log, and its removal. */
export async function temporaryFolder(): Promise<{ folder: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'waymark-log-'));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Starts a collector and waits until it listens. */
export async function startCollector(options: {
  uri: string;
  database: string;
  dataDir: string;
  env?: Record<string, string>;
  /** Options of Node itself. */
  nodeArgs?: string[];
  /** The command and its arguments; without any it takes events in. */
  args?: string[];
}): Promise<CollectorProcess> {
  const file = await bundleCollector();
  let seen = '';
  let listening: (url: string) => void = () => undefined;
  const url = new Promise<string>((resolve) => (listening = resolve));
  const leashed = await startLeashed(
    process.execPath,
    [...(options.nodeArgs ?? []), file, ...(options.args ?? [])],
    {
      env: {
        ...process.env,
        WAYMARK_URI: options.uri,
        WAYMARK_DB: options.database,
        WAYMARK_KEYS: WRITE_KEY,
        WAYMARK_ADMIN_KEYS: ADMIN_KEY,
        WAYMARK_DATA_DIR: options.dataDir,
        WAYMARK_DERIVE_SECONDS: '0.1',
        HOST: '127.0.0.1',
        PORT: '0',
        ...options.env,
      },
      onOutput: (text) => {
        seen = (seen + text).slice(0, 20_000);
        const found = /"url":"([^"]+)"/.exec(seen)?.[1];
        if (found !== undefined) listening(found);
      },
    },
  );
  const failed = leashed.ended.then((code) => {
    throw new Error(`the collector ended with ${String(code)}: ${leashed.output()}`);
  });
  failed.catch(() => undefined);
  return {
    url: await Promise.race([url, failed]),
    pid: leashed.pid,
    ended: leashed.ended,
    output: leashed.output,
    kill: leashed.kill,
    stop: async () => {
      const startedAt = Date.now();
      process.kill(leashed.pid, 'SIGTERM');
      return { code: await leashed.ended, tookMs: Date.now() - startedAt };
    },
  };
}

/** Whether the long versions of the tests were asked for. */
export const DEEP = (process.env['WAYMARK_DEEP'] ?? '') !== '';

/** The repository's folder. */
export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
