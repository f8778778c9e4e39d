/** `npm start`: opens the built app; arguments and environment reach it unchanged. */
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { electronArguments } from './desktop/electronArguments.mjs';
import { hasDisplay } from './desktop/display.mjs';
import { runAttached } from './processes/runAttached.mjs';
import { setUp } from './setUp/setUp.mjs';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

try {
  const { electron } = await setUp();
  await build();
  if (!hasDisplay())
    throw new Error(
      'There is no display to open a window on. Set DISPLAY, or see `npm run demo -- --smoke`.',
    );
  process.exit(await runAttached(electron, electronArguments(ROOT, process.argv.slice(2))));
} catch (error) {
  console.error(`start: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
