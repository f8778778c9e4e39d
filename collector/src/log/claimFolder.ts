import { createHash } from 'node:crypto';
import { mkdir, realpath, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SettingsError } from '../settings';

/**
 * Makes a data folder this process' own: two collectors on one log would damage it. The claim is a listening
 * socket, so it ends with the process however that ends.
 *
 * @throws SettingsError when another process has it, or it cannot be made
 */
export async function claimFolder(dataDir: string): Promise<{ release: () => Promise<void> }> {
  let folder: string;
  try {
    await mkdir(dataDir, { recursive: true });
    folder = await realpath(dataDir);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new SettingsError(`WAYMARK_DATA_DIR: the folder cannot be made (${code})`);
  }
  const address = addressOf(folder);
  let server = await tryListen(address);
  if (!server) {
    if (await answers(address)) {
      throw new SettingsError('WAYMARK_DATA_DIR: another collector uses this folder; give each its own');
    }
    await rm(address, { force: true });
    server = await tryListen(address);
  }
  if (!server) throw new SettingsError('WAYMARK_DATA_DIR: the folder cannot be claimed');
  const claimed = server;
  return {
    release: () => new Promise((resolve) => claimed.close(() => resolve())),
  };
}

/** A socket's address may have about 100 bytes; a deeper folder is claimed by its hash. */
function addressOf(folder: string): string {
  const hash = createHash('sha256').update(folder).digest('hex').slice(0, 24);
  if (process.platform === 'win32') return `\\\\.\\pipe\\waymark-collector-${hash}`;
  const inside = path.join(folder, 'claim.sock');
  return Buffer.byteLength(inside) <= 100 ? inside : path.join(tmpdir(), `waymark-collector-${hash}.sock`);
}

function tryListen(address: string): Promise<Server | null> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', () => resolve(null));
    server.listen(address, () => {
      server.unref();
      resolve(server);
    });
  });
}

function answers(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(address);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
