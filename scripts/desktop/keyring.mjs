/** A real, unlocked keyring of its own for tests on Linux: the user's passwords are never touched. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startLeashed } from '../processes/startLeashed.mjs';
import { waitForFile } from '../processes/waitForFile.mjs';

/**
 * Starts a private session bus with an unlocked GNOME keyring and sets DBUS_SESSION_BUS_ADDRESS, so that whatever
 * this process starts uses it. Does nothing on other platforms, which have a keychain of their own.
 * @returns {Promise<() => Promise<void>>} ends both and deletes the keyring
 */
export async function ensureKeyring() {
  if (process.platform !== 'linux') return async () => undefined;
  const home = await mkdtemp(path.join(tmpdir(), 'waymark-keyring-'));
  const before = process.env['DBUS_SESSION_BUS_ADDRESS'];
  const socket = `unix:path=${path.join(home, 'bus')}`;
  const bus = await startLeashed('dbus-daemon', [
    '--session',
    '--nofork',
    '--nopidfile',
    `--address=${socket}`,
  ]);
  await waitForFile(path.join(home, 'bus'), bus, 'The session bus');
  const env = { ...process.env, HOME: home, DBUS_SESSION_BUS_ADDRESS: socket };
  const keyring = await startLeashed(
    'gnome-keyring-daemon',
    ['--unlock', '--components=secrets', '--foreground'],
    {
      env: { ...env, XDG_DATA_HOME: path.join(home, 'data'), XDG_RUNTIME_DIR: home },
      input: 'tests',
      removeWithOwner: home,
    },
  );
  await waitForFile(path.join(home, 'keyring', 'control'), keyring, 'The keyring');
  process.env['DBUS_SESSION_BUS_ADDRESS'] = socket;
  return async () => {
    if (before === undefined) delete process.env['DBUS_SESSION_BUS_ADDRESS'];
    else process.env['DBUS_SESSION_BUS_ADDRESS'] = before;
    await keyring.stop();
    await bus.stop();
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  };
}
