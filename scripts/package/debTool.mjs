#!/usr/bin/env node
/**
 * Makes a deb by dpkg-deb from the arguments that electron-builder gives to fpm, for machines that have Debian's own
 * tools and cannot download fpm. Takes files as `SOURCE=TARGET`, a folder with a slash at its end.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

const text = /** @type {const} */ ({ type: 'string' });
const list = /** @type {const} */ ({ type: 'string', multiple: true });
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    ...{ s: { ...text, short: 's' }, t: { ...text, short: 't' }, force: { type: 'boolean' } },
    ...{ d: { ...list, short: 'd' }, 'deb-recommends': list, 'deb-priority': text, 'deb-compression': text },
    ...{ architecture: text, 'after-install': text, 'after-remove': text, description: text, version: text },
    ...{
      package: text,
      name: text,
      maintainer: text,
      vendor: text,
      url: text,
      license: text,
      category: text,
    },
  },
});
if (values.t !== 'deb' || !values.package) throw new Error('This makes deb packages only.');

const scratch = mkdtempSync(path.join(tmpdir(), 'waymark-deb-'));
try {
  for (const mapping of positionals) {
    const at = mapping.indexOf('=');
    const [source, target] = [mapping.slice(0, at), path.join(scratch, mapping.slice(at + 1))];
    mkdirSync(path.dirname(target), { recursive: true });
    if (source.endsWith('/')) cpSync(source, target, { recursive: true, verbatimSymlinks: true });
    else copyFileSync(source, target);
  }
  const [synopsis, ...more] = (values.description ?? '').trim().split('\n');
  const size = execFileSync('du', ['-sk', '--apparent-size', scratch], { encoding: 'utf8' }).split('\t')[0];
  const control = [
    ['Package', values.name],
    ['Version', values.version],
    ['Architecture', values.architecture],
    ['Maintainer', values.maintainer],
    ['Installed-Size', size],
    ['Depends', values.d?.join(', ')],
    ['Recommends', values['deb-recommends']?.join(', ')],
    ['Section', values.category ?? 'default'],
    ['Priority', values['deb-priority'] ?? 'optional'],
    ['Homepage', values.url?.includes('.invalid/') ? undefined : values.url],
    ['Description', [synopsis, ...more.map((line) => ` ${line.trim() || '.'}`)].join('\n')],
  ].filter(([, value]) => value);
  mkdirSync(path.join(scratch, 'DEBIAN'));
  writeFileSync(
    path.join(scratch, 'DEBIAN/control'),
    control.map(([key, value]) => `${key}: ${value}\n`).join(''),
  );
  for (const [script, source] of [
    ['postinst', values['after-install']],
    ['postrm', values['after-remove']],
  ]) {
    if (!source) continue;
    copyFileSync(source, path.join(scratch, 'DEBIAN', script ?? ''));
    chmodSync(path.join(scratch, 'DEBIAN', script ?? ''), 0o755);
  }
  const compression = values['deb-compression'] === 'gz' ? 'gzip' : 'xz';
  execFileSync('dpkg-deb', ['--build', '--root-owner-group', `-Z${compression}`, scratch, values.package], {
    stdio: 'inherit',
  });
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
