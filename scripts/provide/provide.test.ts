import path from 'node:path';
import { expect, test } from 'vitest';
import { cacheFolder } from './cache.mjs';
import { executableName } from './electron.mjs';
import { describeChoice, firstThatWorks } from './firstThatWorks.mjs';
import { officialArchive } from './mongod.mjs';
import { progressLine } from './progressBar.mjs';

test.each([
  ['linux', 'x64', 'linux/mongodb-linux-x86_64-ubuntu2204-'],
  ['linux', 'arm64', 'linux/mongodb-linux-aarch64-ubuntu2204-'],
  ['darwin', 'x64', 'osx/mongodb-macos-x86_64-'],
  ['darwin', 'arm64', 'osx/mongodb-macos-arm64-'],
  ['win32', 'x64', 'windows/mongodb-windows-x86_64-'],
])('the official mongod for %s on %s has a pinned checksum', (platform, architecture, start) => {
  const archive = officialArchive(platform, architecture);
  expect(archive?.url).toContain(start);
  expect(archive?.url).toMatch(platform === 'win32' ? /\.zip$/ : /\.tgz$/);
  expect(archive?.sha256).toMatch(/^[0-9a-f]{64}$/);
});

test('a platform without an official mongod has none', () => {
  expect(officialArchive('freebsd', 'x64')).toBeNull();
});

test('the cache folder follows each platform’s convention', () => {
  expect(cacheFolder({}, 'linux', '/home/ada')).toBe('/home/ada/.cache/waymark');
  expect(cacheFolder({ XDG_CACHE_HOME: '/var/cache/ada' }, 'linux', '/home/ada')).toBe(
    '/var/cache/ada/waymark',
  );
  expect(cacheFolder({}, 'darwin', '/Users/ada')).toBe('/Users/ada/Library/Caches/Waymark');
  const windows = cacheFolder({ LOCALAPPDATA: 'C:\\Users\\ada\\AppData\\Local' }, 'win32', 'C:\\Users\\ada');
  expect(windows).toBe('C:\\Users\\ada\\AppData\\Local\\Waymark\\Cache');
});

test('the Electron executable is named as its official archive names it', () => {
  expect(executableName('linux')).toBe('electron');
  expect(executableName('win32')).toBe('electron.exe');
  expect(executableName('darwin')).toBe(path.posix.join('Electron.app', 'Contents', 'MacOS', 'Electron'));
});

const source = (from: string, found: string | null | Error, final = false) => ({
  from,
  final,
  find: () => (found instanceof Error ? Promise.reject(found) : Promise.resolve(found)),
});

test('the first source that has a running program wins, and the line says why the others did not', async () => {
  const provided = await firstThatWorks(
    'thing',
    [
      source('given', null),
      source('download', new Error('out of reach')),
      source('installed', '/broken'),
      source('copy', '/good'),
      source('never asked', '/other'),
    ],
    (found) => {
      if (found === '/broken') throw new Error('does not run');
      return '1.2';
    },
    'Install it.',
  );
  expect(describeChoice('thing', provided)).toBe(
    'thing 1.2: copy (download: out of reach; installed: does not run), /good',
  );
});

test('what the user gave is not replaced by something else when it fails', async () => {
  const attempt = firstThatWorks(
    'thing',
    [source('given by THING', new Error('/x does not exist'), true), source('copy', '/good')],
    () => '1.2',
    'Install it.',
  );
  await expect(attempt).rejects.toThrow('given by THING: /x does not exist');
});

test('when nothing works the error lists every attempt and ends with the fix', async () => {
  const attempt = firstThatWorks(
    'thing',
    [source('download', new Error('out of reach'))],
    () => '',
    'Install it.',
  );
  await expect(attempt).rejects.toThrow(
    'No thing could be provided.\n  - download: out of reach\nInstall it.',
  );
});

test('progress shows a bar when the size is known', () => {
  expect(progressLine('downloading x', 5e6, 1e7)).toBe(
    '  downloading x ██████████░░░░░░░░░░ 50 % of 10.0 MB',
  );
  expect(progressLine('downloading x', 5e6, null)).toBe('  downloading x 5.0 MB');
});
