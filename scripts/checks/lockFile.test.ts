import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';

const names = z.record(z.string(), z.string());
const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      resolved: z.string().optional(),
      link: z.boolean().optional(),
      optionalDependencies: names.optional(),
    }),
  ),
});

const file = path.resolve(import.meta.dirname, '../../package-lock.json');
const { packages } = lockSchema.parse(JSON.parse(readFileSync(file, 'utf8')));

test('every platform’s optional packages are in the lock file, so that npm ci works on each', () => {
  const missing = Object.entries(packages).flatMap(([from, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter(
        (name) => !(`node_modules/${name}` in packages) && !(`${from}/node_modules/${name}` in packages),
      )
      .map((name) => `${name}, wanted by ${from}`),
  );
  expect(missing).toEqual([]);
});

test('the lock file names no host, so that it works with every registry', () => {
  const hosts = Object.entries(packages).filter(([, { resolved, link }]) => resolved !== undefined && !link);
  expect(hosts).toEqual([]);
});
