#!/usr/bin/env node
await import('../dist/collector.mjs');
