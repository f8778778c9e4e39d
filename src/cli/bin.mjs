#!/usr/bin/env node
await import('../../out/cli/waymark.mjs');
