/** `npm run bench:app`: how fast the real window is: start, repaint after a filter, typing, scrolling, memory. */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { setUp } from './setUp/setUp.mjs';

const USAGE = `npm run bench:app -- [options]

  --events N        events of the sample shop (default 1000000)
  --uri URI --db DB a database that holds them already
  --starts N        cold starts (default 5)
  --rounds N        repaints of each kind (default 9)
  --json FILE       writes the figures there too
  --help            this text`;

try {
  const { values } = parseArgs({
    options: {
      events: { type: 'string', default: '1000000' },
      uri: { type: 'string' },
      db: { type: 'string', default: 'waymark_bench_app' },
      starts: { type: 'string', default: '5' },
      rounds: { type: 'string', default: '9' },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    process.exit(0);
  }
  const { electron } = await setUp({ say: () => undefined });
  await build();
  const { register } = await import('tsx/esm/api');
  register();
  const { benchApp } = await import('./bench/app/benchApp.ts');
  const { say, figures } = await benchApp({
    electron,
    events: Number(values.events),
    database: values.uri === undefined ? null : { uri: values.uri, name: values.db },
    starts: Number(values.starts),
    rounds: Number(values.rounds),
  });
  console.log(say);
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(figures, null, 2)}\n`);
  process.exit(0);
} catch (error) {
  console.error(`bench:app: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  process.exit(1);
}
