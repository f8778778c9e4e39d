import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const src = path.resolve(import.meta.dirname, '../..');

/** Source files of the shipped app, without tests and what only they use. */
const sources = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.(ts|tsx)$/.test(file) && !/\.(test|e2e)\.tsx?$|^e2e|[\\/]testing[\\/]/.test(file))
  .map((file) => [file.replaceAll('\\', '/'), readFileSync(path.join(src, file), 'utf8')] as const);

const filesWith = (pattern: RegExp): string[] =>
  sources.filter(([, text]) => pattern.test(text)).map(([file]) => file);

it('links leave the app in one place, which checks them', () => {
  expect(filesWith(/openExternal\(/)).toEqual(['main/handlers/appHandlers.ts']);
  expect(filesWith(/shell\.openPath|child_process/).filter((file) => !file.startsWith('cli/'))).toEqual([]);
});

it('no text becomes code: not in the app, not on the server', () => {
  expect(
    filesWith(/\beval\(|new Function\(|dangerouslySetInnerHTML|\.innerHTML\s*=|document\.write/),
  ).toEqual([]);
  expect(filesWith(/\$where|\$function|\$accumulator\b|mapReduce/)).toEqual([]);
});
