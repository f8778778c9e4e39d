/**
 * Unpacks zip archives on every platform alike, with permissions and symbolic links (Electron for macOS needs both),
 * before any package is installed. Format: APPNOTE.TXT, sections 4.3 and 4.4 (no zip64, no encryption).
 */
import { chmod, mkdir, open, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { inflateRaw } from 'node:zlib';

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const END_SIZE = 22;
const LONGEST_COMMENT = 0xffff;
const FILE_TYPE = 0o170000;
const SYMLINK = 0o120000;

/**
 * @param {string} archive
 * @param {string} folder an existing folder; nothing is written outside of it
 * @returns {Promise<void>}
 */
export async function unzip(archive, folder) {
  const file = await open(archive, 'r');
  try {
    for (const entry of await readDirectory(file)) {
      const target = path.resolve(folder, entry.name);
      if (target !== path.resolve(folder) && !target.startsWith(path.resolve(folder) + path.sep)) {
        throw new Error(`${archive} has an entry outside of its folder: ${entry.name}`);
      }
      if (entry.name.endsWith('/')) {
        await mkdir(target, { recursive: true });
        continue;
      }
      await mkdir(path.dirname(target), { recursive: true });
      const content = await readEntry(file, entry);
      if ((entry.mode & FILE_TYPE) === SYMLINK) {
        await symlink(content.toString('utf8'), target);
      } else {
        await writeFile(target, content);
        if (process.platform !== 'win32' && entry.mode & 0o777) await chmod(target, entry.mode & 0o777);
      }
    }
  } finally {
    await file.close();
  }
}

/** @typedef {{ name: string, method: number, compressedSize: number, headerAt: number, mode: number }} Entry */

/**
 * @param {import('node:fs/promises').FileHandle} file
 * @returns {Promise<Entry[]>}
 */
async function readDirectory(file) {
  const { size } = await file.stat();
  const tail = await readAt(file, Math.max(0, size - END_SIZE - LONGEST_COMMENT), size);
  let at = tail.length - END_SIZE;
  while (at >= 0 && tail.readUInt32LE(at) !== END_OF_DIRECTORY) at -= 1;
  if (at < 0) throw new Error('not a zip archive');
  const directoryAt = tail.readUInt32LE(at + 16);
  const directory = await readAt(file, directoryAt, directoryAt + tail.readUInt32LE(at + 12));
  /** @type {Entry[]} */
  const entries = [];
  for (let here = 0; here < directory.length;) {
    if (directory.readUInt32LE(here) !== DIRECTORY_ENTRY) throw new Error('damaged zip archive');
    const nameLength = directory.readUInt16LE(here + 28);
    entries.push({
      method: directory.readUInt16LE(here + 10),
      compressedSize: directory.readUInt32LE(here + 20),
      mode: directory.readUInt32LE(here + 38) >>> 16,
      headerAt: directory.readUInt32LE(here + 42),
      name: directory.toString('utf8', here + 46, here + 46 + nameLength),
    });
    here += 46 + nameLength + directory.readUInt16LE(here + 30) + directory.readUInt16LE(here + 32);
  }
  return entries;
}

/**
 * @param {import('node:fs/promises').FileHandle} file
 * @param {Entry} entry
 */
async function readEntry(file, { name, method, compressedSize, headerAt }) {
  const header = await readAt(file, headerAt, headerAt + 30);
  const contentAt = headerAt + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  const content = await readAt(file, contentAt, contentAt + compressedSize);
  if (method === 0) return content;
  if (method === 8) return promisify(inflateRaw)(content);
  throw new Error(`${name} is compressed by an unknown method (${method})`);
}

/**
 * @param {import('node:fs/promises').FileHandle} file
 * @param {number} from
 * @param {number} to
 */
async function readAt(file, from, to) {
  const buffer = Buffer.alloc(to - from);
  const { bytesRead } = await file.read(buffer, 0, buffer.length, from);
  if (bytesRead < buffer.length) throw new Error('zip archive is cut short');
  return buffer;
}
