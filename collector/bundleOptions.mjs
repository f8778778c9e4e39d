import { fileURLToPath } from 'node:url';

/** @param {string} path */
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** How the collector becomes one file that needs nothing beside it but Node. @type {import('esbuild').BuildOptions} */
export const bundleOptions = {
  entryPoints: [here('src/main.ts')],
  outfile: here('dist/collector.mjs'),
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  sourcemap: true,
  logLevel: 'warning',
  // The same functions with their WebAssembly inside, for there is no file beside the bundle.
  alias: { '@platformatic/wasm-utils': '@platformatic/wasm-utils/bundled' },
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
};
