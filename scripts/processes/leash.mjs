/**
 * The other end of `startLeashed`: runs one program and ends it when the process that asked for it goes away,
 * however that happened (the IPC channel closes with its owner, even after a kill -9).
 * Argument: JSON `{ command, args, input?, removeWithOwner? }`; the folder `removeWithOwner` is deleted only when the owner
 * went away without stopping the program itself.
 */
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';

const GRACE_MS = 8_000;
const { command, args, input, removeWithOwner } = JSON.parse(process.argv[2] ?? '{}');

const program = spawn(command, args, { stdio: ['pipe', 'inherit', 'inherit'], windowsHide: true });
program.stdin.on('error', () => undefined); // it need not read
program.stdin.end(input ?? '');

const stop = () => {
  program.kill('SIGTERM');
  setTimeout(() => program.kill('SIGKILL'), GRACE_MS).unref();
};
let ownerGone = false;
process.on('disconnect', () => {
  ownerGone = true;
  stop();
});
process.on('message', stop);
process.on('SIGTERM', stop);
process.on('SIGINT', () => undefined); // the owner decides; a terminal sends Ctrl-C to everybody

/** @param {object} message */
const tell = (message) => {
  if (process.connected) process.send?.(message);
};
program.on('spawn', () => tell({ pid: program.pid }));
program.on('error', (error) => {
  tell({ error: error.message });
  process.exitCode = 127;
  process.disconnect?.();
});
program.on('exit', (code, signal) => {
  if (ownerGone && removeWithOwner) rmSync(removeWithOwner, { recursive: true, force: true, maxRetries: 5 });
  process.exit(code ?? (signal === 'SIGTERM' ? 0 : 1));
});
