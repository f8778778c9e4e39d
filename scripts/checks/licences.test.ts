import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');

/** Licences under which a dependency may be passed on with Waymark. */
const ALLOWED = [
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'OFL-1.1', // fonts: may be bundled with software of any licence
  'Python-2.0',
  'Unlicense',
  'WTFPL',
  'Zlib',
];

/** Used while developing only, so never passed on: licences beyond the list above. */
const ALLOWED_IN_DEVELOPMENT = [...ALLOWED, 'CC-BY-4.0', 'MPL-2.0'];

/** Packages whose manifest names no licence, or only a file; the licence file was read. */
const NAMED_IN_LICENCE_FILE: Readonly<Record<string, string>> = {
  'node_modules/@segment/facade': 'MIT',
  'node_modules/@segment/isodate': 'MIT',
  'node_modules/@segment/isodate-traverse': 'MIT',
  'node_modules/new-date': 'MIT',
  'node_modules/stack-trace': 'MIT',
};

const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({ license: z.string().optional(), dev: z.boolean().optional(), link: z.boolean().optional() }),
  ),
});
const manifestSchema = z.object({
  license: z.union([z.string(), z.object({ type: z.string() })]).optional(),
  licenses: z.array(z.object({ type: z.string() })).optional(),
});

/** The licence as the lock file has it, or as an older package's own manifest spells it. */
function licenceOf(name: string, locked: string | undefined): string | undefined {
  if (NAMED_IN_LICENCE_FILE[name] !== undefined) return NAMED_IN_LICENCE_FILE[name];
  if (locked !== undefined) return locked;
  const file = path.join(root, name, 'package.json');
  if (!existsSync(file)) return undefined;
  const manifest = manifestSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  return typeof manifest.license === 'string'
    ? manifest.license
    : (manifest.license?.type ?? manifest.licenses?.[0]?.type);
}

/** Whether an SPDX expression grants one of the licences (`OR` offers a choice, `AND` demands all). */
function isGranted(expression: string, allowed: readonly string[]): boolean {
  return expression
    .replace(/[()]/g, '')
    .split(/\s+OR\s+/)
    .some((choice) => choice.split(/\s+AND\s+/).every((licence) => allowed.includes(licence)));
}

test('every dependency carries a licence that allows redistribution', () => {
  const lock = lockSchema.parse(JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')));
  const installed = Object.entries(lock.packages).filter(
    ([name, entry]) => /node_modules\//.test(name) && !entry.link,
  );
  const refused = installed
    .map(([name, entry]) => ({ name, dev: entry.dev === true, licence: licenceOf(name, entry.license) }))
    .filter(
      ({ dev, licence }) =>
        licence === undefined || !isGranted(licence, dev ? ALLOWED_IN_DEVELOPMENT : ALLOWED),
    );

  expect(installed.length).toBeGreaterThan(100);
  expect(refused).toEqual([]);
});
