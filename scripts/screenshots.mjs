/** `npm run screenshots`: pictures of every view of the real app on the sample shop. */
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { setUp } from './setUp/setUp.mjs';

const USAGE = `npm run screenshots -- [options]     every view, light and dark, into docs/screenshots

  --out DIR         elsewhere
  --only NAMES      these views only, e.g. funnels,paths
  --sizes SIZES     window sizes, default 1280x800,1024x700
  --themes THEMES   default light,dark
  --png             as PNG instead of WebP
  --states          also what is empty, loading, failed and cancelled, and what opens over a view
  --uri URI --db DB a database that is there instead of a new one
  --help            this text`;

/** @param {string} text */
const list = (text) => text.split(',').filter((entry) => entry !== '');

try {
  const { values } = parseArgs({
    options: {
      out: { type: 'string', default: 'docs/screenshots' },
      only: { type: 'string', default: '' },
      sizes: { type: 'string', default: '1280x800,1024x700' },
      themes: { type: 'string', default: 'light,dark' },
      png: { type: 'boolean', default: false },
      states: { type: 'boolean', default: false },
      uri: { type: 'string' },
      db: { type: 'string', default: 'waymark' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    process.exit(0);
  }
  const { electron } = await setUp();
  await build();
  const { register } = await import('tsx/esm/api');
  register();
  const { takeScreenshots } = await import('./screenshots/takeScreenshots.ts');
  await takeScreenshots({
    electron,
    out: values.out,
    only: list(values.only),
    sizes: list(values.sizes).map((size) => {
      const [width, height] = size.split('x').map(Number);
      if (!width || !height) throw new Error(`--sizes takes sizes like 1280x800, not "${size}".`);
      return { width, height };
    }),
    themes: list(values.themes).map((theme) => (theme === 'dark' ? 'dark' : 'light')),
    format: values.png ? 'png' : 'webp',
    states: values.states,
    ...(values.uri === undefined ? {} : { database: { uri: values.uri, name: values.db } }),
    say: (line) => console.error(line),
  });
  process.exit(0);
} catch (error) {
  console.error(`screenshots: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
