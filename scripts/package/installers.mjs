/** The installers of this platform, one after the other, from the app folder that is there already. */
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { findOnPath } from '../provide/findOnPath.mjs';

const DEB_TOOL = fileURLToPath(new URL('debTool.mjs', import.meta.url));

const TARGETS = {
  linux: { flag: '--linux', targets: ['deb', 'AppImage'] },
  darwin: { flag: '--mac', targets: ['dmg', 'zip'] },
  win32: { flag: '--win', targets: ['nsis'] },
};

/** What an installer's tools say when they cannot be downloaded. */
const UNREACHABLE =
  /ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|socket hang up|status code 4\d\d|Forbidden/i;

/**
 * Makes each installer and says what came of it.
 * @param {object} options
 * @param {string} options.root of the checkout
 * @param {string} options.output where electron-builder writes
 * @param {string} options.appFolder the app folder in there
 * @param {string[]} options.settings further arguments of electron-builder
 * @param {string | undefined} options.only one of them; all of this platform's unless given
 * @param {(line: string) => void} options.say
 * @returns {number} how many could not be made
 */
export function makeInstallers({ root, output, appFolder, settings, only, say }) {
  const { flag, targets } = TARGETS[/** @type {keyof typeof TARGETS} */ (process.platform)] ?? {
    flag: '',
    targets: [],
  };
  const env = { ...process.env };
  // Debian's own tool makes the same package and needs no download.
  if (findOnPath('dpkg-deb')) env['CUSTOM_FPM_PATH'] ??= DEB_TOOL;
  const wanted = only === undefined ? targets : targets.filter((target) => target === only);
  if (wanted.length === 0) {
    say(`${only ?? 'No installer'}: not made, this system makes ${targets.join(' and ') || 'none'}.`);
    return 1;
  }
  let missing = 0;
  for (const target of wanted) {
    const before = new Set(readdirSync(output));
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [
        path.join(root, 'node_modules/electron-builder/cli.js'),
        ...[flag, target, '--prepackaged', appFolder],
        ...settings,
      ],
      { cwd: root, env, encoding: 'utf8' },
    );
    const made = readdirSync(output).filter(
      (name) => !before.has(name) && /\.(deb|AppImage|dmg|zip|exe)$/.test(name),
    );
    for (const name of made) {
      say(
        `${path.join(output, name)}: ${Math.round(statSync(path.join(output, name)).size / 1024 / 1024)} MB`,
      );
    }
    if (status === 0 && made.length > 0) continue;
    missing += 1;
    const text = `${stdout}\n${stderr}`;
    const reason = UNREACHABLE.test(text)
      ? 'its tools cannot be downloaded from here'
      : text.trim().slice(-2_000);
    say(`${target}: not made, ${reason}.`);
  }
  return missing;
}
