/** How Electron is started. */

/**
 * The app's folder, then what Electron needs on this machine, then the app's own arguments.
 * Chromium's sandbox cannot run as root, so only there it is off.
 * @param {string} folder of the app
 * @param {string[]} args of the app
 * @param {boolean} [root]
 */
export function electronArguments(folder, args, root = process.getuid?.() === 0) {
  return [folder, ...(root ? ['--no-sandbox'] : []), ...args];
}
