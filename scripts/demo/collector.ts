/** The demo's own collector. */
import { fileURLToPath } from 'node:url';
import { freePort } from '../processes/freePort.mjs';
import { startLeashed, type Leashed } from '../processes/startLeashed.mjs';

const COLLECTOR = fileURLToPath(new URL('../../collector/bin/waymark-collector.mjs', import.meta.url));
/** The same one each time when it is free, so that what sends events to the demo need not be changed. */
const PORT = 4_417;
const READY_WITHIN_MS = 30_000;

export interface RunningCollector {
  readonly url: string;
  readonly writeKey: string;
  readonly process: Leashed;
}

/** Starts it and waits until it takes traffic. Throws with what it wrote when it does not. */
export async function startCollector(options: {
  uri: string;
  database: string;
  dataFolder: string;
}): Promise<RunningCollector> {
  const port = await freePort(PORT);
  const url = `http://127.0.0.1:${port}`;
  const writeKey = 'demo-shop';
  const collector = await startLeashed(process.execPath, [COLLECTOR], {
    env: {
      ...process.env,
      WAYMARK_URI: options.uri,
      WAYMARK_DB: options.database,
      WAYMARK_KEYS: writeKey,
      WAYMARK_DATA_DIR: options.dataFolder,
      WAYMARK_LOG_LEVEL: 'warn',
      HOST: '127.0.0.1',
      PORT: String(port),
    },
  });
  let ended = false;
  void collector.ended.then(() => (ended = true));
  const deadline = Date.now() + READY_WITHIN_MS;
  while (Date.now() < deadline && !ended) {
    const ready = await fetch(`${url}/readyz`).then(
      (response) => response.ok,
      () => false,
    );
    if (ready) return { url, writeKey, process: collector };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`The collector did not start:\n${collector.output().slice(-4_000)}`);
}
