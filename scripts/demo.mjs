/** `npm run demo`: from a clone to a dashboard on live events; `-- --smoke` does it without a person or a display. */
import { build } from './build.mjs';
import { readDemoOptions, USAGE } from './demo/options.mjs';
import { setUp } from './setUp/setUp.mjs';

/** @type {import('./demo/options.mjs').DemoOptions} */
let options;
try {
  options = readDemoOptions(process.argv.slice(2));
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  process.exit(2);
}
if (options.help) {
  console.log(USAGE);
  process.exit(0);
}

try {
  const programs = await setUp();
  await build();
  const { register } = await import('tsx/esm/api');
  register();
  const { runDemo } = await import('./demo/runDemo.ts');
  process.exit(await runDemo(options, programs));
} catch (error) {
  console.error(`demo: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
