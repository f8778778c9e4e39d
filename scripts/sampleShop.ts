/**
 * `npm run sample-shop`: makes `resources/sample-shop`, the sample shop as column blocks, which the app opens without
 * any server. Run it when the sample or the format of a store changes; the result is committed.
 */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildStore } from '../src/analytics/columns/build/buildStore.ts';
import type { PropertyColumn } from '../src/analytics/columns/format/columnEvent.ts';
import { FolderStore } from '../src/analytics/columns/store/folderStore.ts';
import { openSource } from '../src/analytics/source/openSource.ts';
import { DEFAULT_MAX_TIME_MS } from '../src/analytics/source/source.ts';
import { SourceRun } from '../src/analytics/source/sourceRun.ts';
import { loadHistory } from './demo/history.ts';
import { startReplicaSet } from './testing/mongod.ts';

const FOLDER = fileURLToPath(new URL('../resources/sample-shop', import.meta.url));
const DATABASE = 'Sample shop';
const EVENTS = 50_000;
/** A Monday in UTC: the app moves the shop by whole weeks, so that it ends within the week of whoever opens it. */
const ENDS_AT = Date.UTC(2026, 10, 30);
const NUMBERS = ['amount', 'price', 'results'];
const TEXTS = ['category', 'channel', 'coupon', 'method', 'paymentMethod', 'plan', 'product', 'query'];
const CAMPAIGN = ['utm_source', 'utm_medium', 'utm_campaign'];

const declared: PropertyColumn[] = [
  ...NUMBERS.map((name) => ({ name, type: 'number' }) as const),
  ...[...TEXTS, ...CAMPAIGN].map((name) => ({ name, type: 'text' }) as const),
  { name: 'bot', type: 'boolean' },
];
const servers = await startReplicaSet();
try {
  await loadHistory(servers.uri, 'sample', { seed: 1, events: EVENTS, endAt: ENDS_AT, isLoaded: false });
  const source = await openSource({ uri: servers.uri, database: 'sample' });
  await rm(FOLDER, { recursive: true, force: true });
  const store = new FolderStore(FOLDER);
  const run = new SourceRun(source, { comment: 'waymark sample shop', maxTimeMs: DEFAULT_MAX_TIME_MS });
  const manifest = await buildStore({ run, store, declared, now: new Date(ENDS_AT) });
  await store.writeManifest({ ...manifest, database: DATABASE });
  const files = [...manifest.blocks, ...(manifest.details ?? []), manifest.profiles, manifest.userIds];
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  console.log(`${path.relative(process.cwd(), FOLDER)}: ${EVENTS} events, ${(bytes / 1e6).toFixed(1)} MB`);
  await source.close();
} finally {
  await servers.stop();
}
