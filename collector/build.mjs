/** Bundles the collector into dist/collector.mjs. */
import { build } from 'esbuild';
import { bundleOptions } from './bundleOptions.mjs';

await build(bundleOptions);
