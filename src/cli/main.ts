import { setMaxListeners } from 'node:events';
import { runCommandLine } from './program';

const controller = new AbortController();
// Each call of a run listens for the end; there is no leak to warn of.
setMaxListeners(0, controller.signal);

// The first Ctrl-C ends what runs on the server and lets the command clean up; the second ends the process.
process.once('SIGINT', () => {
  process.once('SIGINT', () => process.exit(1));
  controller.abort();
});
process.once('SIGTERM', () => controller.abort());

// A reader that has seen enough (`| head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

process.exitCode = await runCommandLine(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  now: Date.now,
  signal: controller.signal,
});
