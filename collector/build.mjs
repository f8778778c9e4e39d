/** Bundles the collector into one file, dist/collector.mjs, that needs nothing beside it but Node. */
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

await build({
  entryPoints: [here('src/main.ts')],
  outfile: here('dist/collector.mjs'),
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  sourcemap: true,
  logLevel: 'warning',
  // The driver's optional parts are looked for at run time and may be absent.
  external: [
    'kerberos',
    'snappy',
    'socks',
    'aws4',
    'gcp-metadata',
    'mongodb-client-encryption',
    '@mongodb-js/zstd',
    '@aws-sdk/credential-providers',
  ],
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
});
