/** Pictures of every view of the real app: database, sample shop, window, camera. */
import { launchApp, waitUntilOpen } from '../../src/e2e/harness/app.ts';
import { goTo, keepLibrary, SCENES, settle } from '../../src/e2e/harness/scenes.ts';
import { toWallClock } from '../../src/shared/time/zones.ts';
import { ensureDisplay } from '../desktop/display.mjs';
import { ensureKeyring } from '../desktop/keyring.mjs';
import { loadHistory } from '../demo/history.ts';
import { startReplicaSet } from '../testing/mongod.ts';
import { openCamera, type CameraOptions } from './camera.ts';
import { shootFirstRun, shootStates } from './states.ts';
import { trickle } from './trickle.ts';

/** Around the globe, six hours apart at most. */
const ZONES = ['Europe/Berlin', 'America/New_York', 'America/Los_Angeles', 'Asia/Tokyo', 'Asia/Kolkata'];

/** One in which today's figures are nearly whole at `now` (ms): just after midnight every trend falls at its end. */
function zoneInTheEvening(now: number): string {
  const hour = (zone: string): number => new Date(toWallClock(zone, now)).getUTCHours();
  return ZONES.reduce((best, zone) => (hour(zone) > hour(best) ? zone : best));
}

const EVENTS = 60_000;
const SEED = 1;

export interface ScreenshotOptions extends Omit<CameraOptions, 'app'> {
  readonly electron: string;
  readonly only: readonly string[];
  readonly states: boolean;
  /** A database that is there; a new one with the sample shop by default. */
  readonly database?: { readonly uri: string; readonly name: string };
  readonly say: (line: string) => void;
}

/** Takes all pictures and ends what it started. */
export async function takeScreenshots(options: ScreenshotOptions): Promise<void> {
  const { electron, only, states, say, database } = options;
  const endings: (() => Promise<unknown>)[] = [];
  try {
    endings.push(await ensureDisplay(), await ensureKeyring());
    const { uri, name } = database ?? (await fillDatabase(endings));
    const app = await launchApp({ electronPath: electron, args: ['--uri', uri, '--db', name] });
    endings.push(() => app.close());
    await waitUntilOpen(app.window);
    const timezone = zoneInTheEvening(Date.now());
    await app.call('settings.set', { timezone });
    await keepLibrary(app, Date.now(), timezone);
    const camera = openCamera({ ...options, app });
    let bytes = 0;
    for (const scene of SCENES) {
      if (only.length > 0 && !only.includes(scene.name)) continue;
      const stop = scene.name === 'live' ? await trickle(uri, name) : undefined;
      await scene.prepare(app);
      await settle(app.window);
      await app.window.keyboard.press('Control+R'); // what is read for the first time is slower than what one works with
      if (stop) await app.window.waitForTimeout(3_000);
      const taken = await camera.shoot(scene.name);
      await stop?.();
      bytes += taken;
      say(`${scene.name}: ${Math.round(taken / 1_024)} kB`);
    }
    if (states) {
      await shootStates(app, camera, say);
      const fresh = await launchApp({ electronPath: electron });
      endings.push(() => fresh.close());
      await shootFirstRun(fresh, openCamera({ ...options, app: fresh }), say);
    }
    say(`${(bytes / 1_048_576).toFixed(1)} MB in ${options.out}`);
    await goTo(app.window, 'Overview');
  } finally {
    for (const end of endings.reverse()) await end().catch((error: unknown) => say(String(error)));
  }
}

async function fillDatabase(endings: (() => Promise<unknown>)[]): Promise<{ uri: string; name: string }> {
  const server = await startReplicaSet();
  endings.push(() => server.stop());
  const name = 'waymark';
  await loadHistory(server.uri, name, { seed: SEED, events: EVENTS, endAt: Date.now(), isLoaded: false });
  return { uri: server.uri, name };
}
