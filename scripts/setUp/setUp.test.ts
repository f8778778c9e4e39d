import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { electronArguments } from '../desktop/electronArguments.mjs';
import { isAtLeast } from './nodeVersion.mjs';
import { describeProgress } from './npmPackages.mjs';
import { aptCommand, linuxNeeds } from './systemPackages.mjs';

test('versions compare by number, not by text', () => {
  expect(isAtLeast('20.19.0', '20.19.0')).toBe(true);
  expect(isAtLeast('20.9.0', '20.19.0')).toBe(false);
  expect(isAtLeast('22.1.0', '20.19.0')).toBe(true);
  expect(isAtLeast('18.20.4', '20.19.0')).toBe(false);
});

test('a virtual display, a keyring, a browser and a compiler are asked for only when they are needed', () => {
  const packages = (options: Parameters<typeof linuxNeeds>[0]) =>
    linuxNeeds(options).flatMap((need) => need.packages);
  const least = packages({ compile: false, keyring: false, display: false });
  expect(least).not.toContain('xvfb');
  expect(least).not.toContain('g++');
  expect(least).not.toContain('gnome-keyring');
  expect(least).not.toContain('chromium');
  expect(least).not.toContain('maven');
  const most = packages({ compile: true, keyring: true, display: true, broker: true });
  expect(most).toEqual(
    expect.arrayContaining([
      ...least,
      'xvfb',
      'g++',
      'libsecret-1-dev',
      'gnome-keyring',
      'chromium',
      'maven',
    ]),
  );
});

test('the printed command can be pasted', () => {
  expect(aptCommand(['xvfb', 'libgbm1'], 'sudo ')).toBe(
    'sudo apt-get update && sudo apt-get install -y --no-install-recommends xvfb libgbm1',
  );
});

test('Chromium’s sandbox is off for root only', () => {
  expect(electronArguments('/app', ['--uri', 'x'], false)).toEqual(['/app', '--uri', 'x']);
  expect(electronArguments('/app', ['--uri', 'x'], true)).toEqual(['/app', '--no-sandbox', '--uri', 'x']);
});

test('the progress of npm ci counts the packages of the lock file that stand there', () => {
  const root = mkdtempSync(path.join(tmpdir(), 'waymark-progress-'));
  const packages = { '': {}, collector: {}, 'node_modules/a': {}, 'node_modules/a/node_modules/b': {} };
  writeFileSync(path.join(root, 'package-lock.json'), JSON.stringify({ packages }));
  mkdirSync(path.join(root, 'node_modules', 'a'), { recursive: true });
  expect(describeProgress(root)).toBe('npm ci: 0 of at most 2 packages are unpacked');
  writeFileSync(path.join(root, 'node_modules', 'a', 'package.json'), '{}');
  expect(describeProgress(root)).toBe('npm ci: 1 of at most 2 packages are unpacked');
  rmSync(root, { recursive: true });
});
