import os from 'node:os';
import type { Settings } from '../../shared/ipc/settings';
import type { Log } from './log';
import type { Redactor } from './redact';

const LOG_LINES = 200;

export interface Diagnostics {
  /** Versions, system, settings and the newest log lines as text, without secrets. */
  collect(): Promise<string>;
}

export function createDiagnostics(options: {
  appVersion: string;
  log: Log;
  redactor: Redactor;
  settings: () => Promise<Settings>;
  keychain: () => Promise<{ available: boolean }>;
}): Diagnostics {
  const { appVersion, log, redactor, settings, keychain } = options;
  return {
    async collect() {
      const { electron, chrome, node } = process.versions;
      const lines = [
        `Waymark ${appVersion} (Electron ${electron ?? '?'}, Chromium ${chrome ?? '?'}, Node ${node})`,
        `${os.type()} ${os.release()} ${process.arch}, ${os.cpus().length} cores, ${Math.round(os.totalmem() / 2 ** 30)} GB`,
        `Keychain: ${(await keychain()).available ? 'available' : 'not available'}`,
        `Settings: ${JSON.stringify(await settings())}`,
        '',
        ...log.tail(LOG_LINES),
      ];
      return redactor.redact(lines.join('\n'));
    },
  };
}
