import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';

/** Native, loaded at run time from node_modules; everything else is bundled, so that the app starts fast. */
const NATIVE = ['electron', 'keytar'];

/** What the MongoDB driver would like to load when it is there; Waymark does not ship it. */
const OPTIONAL = [
  '@aws-sdk/credential-providers',
  '@mongodb-js/zstd',
  'gcp-metadata',
  'kerberos',
  'mongodb-client-encryption',
  'snappy',
  'socks',
];

/** The oldest supported runtime is Electron 22: Node 16 and Chromium 108. */
const NODE_TARGET = 'node16';
const CHROME_TARGET = 'chrome108';

export default defineConfig({
  main: {
    build: {
      target: NODE_TARGET,
      externalizeDeps: false,
      rollupOptions: {
        external: [...NATIVE, ...OPTIONAL],
        input: {
          main: 'src/main/main.ts',
          analyticsProcess: 'src/main/analyticsProcess.ts',
          scanWorker: 'src/analytics/columns/workers/scanWorker.ts',
        },
        output: {
          format: 'cjs',
          entryFileNames: '[name].cjs',
          chunkFileNames: '[name]-[hash].cjs',
          // Apart, and the bundler's own helpers with it, so that threads that scan do not load it.
          codeSplitting: { groups: [{ name: 'zones', test: /node_modules.moment/ }] },
        },
      },
    },
  },
  preload: {
    build: {
      target: NODE_TARGET,
      externalizeDeps: false,
      rollupOptions: {
        external: ['electron'],
        input: { preload: 'src/preload/preload.ts' },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'src/renderer',
    plugins: [react()],
    build: {
      target: CHROME_TARGET,
      outDir: 'out/renderer',
      // A data: URL in a stylesheet or a script would need its own exception in the policy.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rollupOptions: { input: 'src/renderer/index.html' },
    },
  },
});
