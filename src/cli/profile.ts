import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { composeConnectionString, databaseOf } from '../shared/connections/address';
import {
  CONNECTIONS_FILE,
  connectionsFileSchema,
  KEYCHAIN_SERVICE,
  keychainValueSchema,
} from '../shared/connections/connectionsFile';
import { WaymarkError } from '../shared/errors';
import type { ConnectionMapping, ConnectionSecret } from '../shared/ipc/connections';
import type { Terminal } from './terminal';

/** What a saved connection says. */
export interface Profile {
  readonly uri: string;
  readonly database: string;
  readonly mapping: ConnectionMapping | undefined;
}

/** The folder in which the app keeps its files, as Electron chooses it. */
export function appFolder(
  env: Terminal['env'],
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): string {
  const given = env['WAYMARK_USER_DATA_DIR'];
  if (given !== undefined && given !== '') return given;
  if (platform === 'darwin') return path.join(home, 'Library', 'Application Support', 'Waymark');
  if (platform === 'win32') {
    return path.join(env['APPDATA'] ?? path.join(home, 'AppData', 'Roaming'), 'Waymark');
  }
  return path.join(env['XDG_CONFIG_HOME'] ?? path.join(home, '.config'), 'Waymark');
}

const refuse = (message: string, cause?: unknown): WaymarkError =>
  new WaymarkError('badInput', message, { path: 'profile', cause });

async function readSecret(id: string, name: string): Promise<ConnectionSecret> {
  let value: string | null;
  try {
    const { default: keytar } = await import('keytar');
    value = await keytar.getPassword(KEYCHAIN_SERVICE, id);
  } catch (error) {
    throw refuse(
      `The password of "${name}" is in the keychain, and the keychain does not answer. Unlock it, or use --uri.`,
      error,
    );
  }
  if (value === null) {
    throw refuse(`The keychain has no password for "${name}". Enter it again in the app, or use --uri.`);
  }
  return keychainValueSchema.parse(JSON.parse(value));
}

/**
 * A connection saved by the app, its secret from the system's keychain.
 * @throws WaymarkError `badInput` when there is none of that name or its password cannot be had
 */
export async function readProfile(name: string, terminal: Terminal): Promise<Profile> {
  const file = path.join(appFolder(terminal.env), CONNECTIONS_FILE);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw refuse(`There are no saved connections (${file}). Save one in the app, or use --uri.`, error);
  }
  const parsed = connectionsFileSchema.safeParse(JSON.parse(text));
  if (!parsed.success) throw refuse(`The saved connections (${file}) cannot be read.`);
  const { connections } = parsed.data;
  const found = connections.find(({ draft }) => draft.name === name);
  if (!found) {
    const names = connections.map(({ draft }) => `"${draft.name}"`).join(', ');
    throw refuse(`There is no saved connection "${name}"; there is ${names === '' ? 'none' : names}.`);
  }
  const { draft, inKeychain, id } = found;
  if (!inKeychain && draft.login.method === 'password') {
    throw refuse(`The password of "${name}" is not stored. Enter it again in the app, or use --uri.`);
  }
  const secret = inKeychain ? await readSecret(id, name) : {};
  return {
    uri: composeConnectionString(draft, secret),
    database: databaseOf(draft),
    mapping: draft.mapping,
  };
}
