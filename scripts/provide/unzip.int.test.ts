import { mkdtemp, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { unzip } from './unzip.mjs';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'waymark-unzip-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Entry {
  name: string;
  content: string;
  mode: number;
  deflated?: boolean;
}

/** Writes a zip archive as Unix tools do: permissions in the high half of the external attributes. */
async function writeZip(name: string, entries: Entry[]): Promise<string> {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const entry of entries) {
    const content = Buffer.from(entry.content);
    const stored = entry.deflated ? deflateRawSync(content) : content;
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(entry.name.length, 26);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE(entry.deflated ? 8 : 0, 10);
    central.writeUInt32LE(stored.length, 20);
    central.writeUInt32LE(content.length, 24);
    central.writeUInt16LE(entry.name.length, 28);
    central.writeUInt32LE((entry.mode << 16) >>> 0, 38);
    central.writeUInt32LE(at, 42);
    parts.push(local, Buffer.from(entry.name), stored);
    directory.push(central, Buffer.from(entry.name));
    at += local.length + entry.name.length + stored.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(at, 16);
  const file = path.join(folder, name);
  await writeFile(file, Buffer.concat([...parts, ...directory, end]));
  return file;
}

const text = 'all work and no play '.repeat(100);

test('files, folders and compressed content come out as they went in', async () => {
  const archive = await writeZip('good.zip', [
    { name: 'app/', content: '', mode: 0o040755 },
    { name: 'app/run', content: text, mode: 0o100755, deflated: true },
    { name: 'app/deep/data.txt', content: 'plain', mode: 0o100644 },
  ]);
  await unzip(archive, folder);
  expect(await readFile(path.join(folder, 'app/run'), 'utf8')).toBe(text);
  expect(await readFile(path.join(folder, 'app/deep/data.txt'), 'utf8')).toBe('plain');
  if (process.platform !== 'win32') {
    expect((await stat(path.join(folder, 'app/run'))).mode & 0o777).toBe(0o755);
  }
});

test('symbolic links stay links', async ({ skip }) => {
  if (process.platform === 'win32') skip('needs symbolic links without administrator rights');
  const archive = await writeZip('link.zip', [{ name: 'current', content: 'app/run', mode: 0o120777 }]);
  await unzip(archive, folder);
  expect(await readlink(path.join(folder, 'current'))).toBe('app/run');
});

test('an entry that would leave the folder is refused', async () => {
  const archive = await writeZip('evil.zip', [{ name: '../evil', content: 'x', mode: 0o100644 }]);
  await expect(unzip(archive, folder)).rejects.toThrow('outside of its folder');
});

test('a file that is no archive is refused', async () => {
  const file = path.join(folder, 'text.zip');
  await writeFile(file, text);
  await expect(unzip(file, folder)).rejects.toThrow('not a zip archive');
});
