/** The demo from end to end: database, collector, history, live traffic, window. */
import { fileURLToPath } from 'node:url';
import { electronArguments } from '../desktop/electronArguments.mjs';
import { ensureDisplay, hasDisplay } from '../desktop/display.mjs';
import { startLeashed } from '../processes/startLeashed.mjs';
import { startCollector } from './collector.ts';
import { startDatabase } from './database.ts';
import { openDemoFolder, type DemoFolder, type Shop } from './demoFolder.ts';
import { fillPause, loadHistory } from './history.ts';
import { startLiveTraffic } from './liveTraffic.ts';
import type { DemoOptions } from './options.mjs';
import { runSmoke } from './smoke.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const DATABASE = 'waymark_demo';
const DEFAULT_SEED = 1;
const DEFAULT_EVENTS = 250_000;

/** What has been started, to be ended in the opposite order. */
type Ending = () => Promise<unknown>;

/**
 * Runs the demo until the window is closed or Ctrl-C is pressed; with `smoke`, until it has been checked.
 * Everything it started has ended when it returns.
 * @returns the exit code
 */
export async function runDemo(
  options: DemoOptions,
  programs: { mongod: string; electron: string },
): Promise<number> {
  const endings: Ending[] = [];
  const interrupted = new Promise<'interrupted'>((resolve) => {
    let isSecond = false;
    const interrupt = (): void => {
      if (isSecond) process.exit(130); // what was started ends with this process
      isSecond = true;
      resolve('interrupted');
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);
  });
  try {
    const result = await Promise.race([play(options, programs, endings), interrupted]);
    if (result !== 'interrupted') return result;
    say('stopping');
    return options.smoke ? 1 : 0;
  } finally {
    for (const end of endings.reverse()) {
      await end().catch((error: unknown) => say(`while stopping: ${String(error)}`));
    }
  }
}

async function play(
  options: DemoOptions,
  programs: { mongod: string; electron: string },
  endings: Ending[],
): Promise<number> {
  const folder = await openDemoFolder();
  endings.push(() => folder.release());
  const shop = await chooseShop(folder, options);

  const { uri, server } = await startDatabase(programs.mongod, folder.database);
  endings.push(() => server.process.stop());
  say(`MongoDB: ${uri}, database ${DATABASE}`);

  const collector = await startCollector({ uri, database: DATABASE, dataFolder: folder.collector });
  endings.push(() => collector.process.stop());
  say(`collector: ${collector.url}, write key ${collector.writeKey}`);

  if (!shop.isLoaded) {
    await loadHistory(uri, DATABASE, shop);
    await folder.writeShop({ ...shop, isLoaded: true });
  }
  await fillPause(uri, DATABASE, shop, Date.now());

  const traffic = startLiveTraffic({
    collectorUrl: collector.url,
    writeKey: collector.writeKey,
    seed: shop.seed,
    startAt: Date.now(),
    onError: (error) => say(`live traffic: ${String(error)}`),
  });
  endings.push(() => traffic.stop());

  if (!hasDisplay()) say('no display here: the window opens on a virtual one');
  endings.push(await ensureDisplay());
  if (options.smoke) {
    const { electron } = programs;
    return runSmoke({ uri, database: DATABASE, electron, root: ROOT, traffic, out: options.out, say });
  }

  const app = await startLeashed(
    programs.electron,
    electronArguments(ROOT, [`--user-data-dir=${folder.app}`]),
    { env: { ...process.env, WAYMARK_URI: uri, WAYMARK_DB: DATABASE } },
  );
  endings.push(() => app.stop());
  say('the window is open; close it or press Ctrl-C to stop everything');
  const code = await app.ended;
  if (code !== 0) say(`the window ended with code ${code}:\n${app.output().slice(-2_000)}`);
  return code === 0 ? 0 : 1;
}

/** The shop that is there, unless another one is asked for, or a new beginning. */
async function chooseShop(folder: DemoFolder, options: DemoOptions): Promise<Shop> {
  const stored = folder.readShop();
  const kept = options.reset ? null : stored;
  const seed = options.seed ?? kept?.seed ?? DEFAULT_SEED;
  const events = options.events ?? kept?.events ?? DEFAULT_EVENTS;
  if (kept && kept.seed === seed && kept.events === events) {
    say(`keeping the sample shop of ${events.toLocaleString('en')} events (--reset begins anew)`);
    return kept;
  }
  if (stored) say('beginning anew');
  await folder.clear();
  const shop = { seed, events, endAt: Date.now(), isLoaded: false };
  await folder.writeShop(shop);
  return shop;
}

function say(line: string): void {
  console.error(line);
}
