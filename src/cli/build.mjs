/** Bundles the command line to out/cli/waymark.mjs; packages stay outside and come from node_modules. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = path.dirname(fileURLToPath(import.meta.url));

/** @type {import('esbuild').BuildOptions} */
const common = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  packages: 'external',
  sourcemap: 'linked',
  logLevel: 'warning',
};

await build({
  ...common,
  entryPoints: [path.join(here, 'main.ts')],
  outfile: path.resolve(here, '../../out/cli/waymark.mjs'),
  format: 'esm',
});
// The threads that scan columns; found beside the bundle that starts them.
await build({
  ...common,
  entryPoints: [path.resolve(here, '../analytics/columns/workers/scanWorker.ts')],
  outfile: path.resolve(here, '../../out/cli/scanWorker.cjs'),
  format: 'cjs',
});
