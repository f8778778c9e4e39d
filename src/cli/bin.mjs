#!/usr/bin/env node
import { existsSync } from 'node:fs';

const bundle = new URL('../../out/cli/waymark.mjs', import.meta.url);
if (existsSync(bundle)) await import(bundle.href);
else {
  process.stderr.write(
    'waymark: the command line is not built yet; run "npm ci" and "npm run build" first.\n',
  );
  process.exitCode = 1;
}
