/** Runs a program in the foreground, as if it had been started from the terminal itself. */
import { spawn } from 'node:child_process';

/**
 * @param {string} command
 * @param {string[]} args
 * @returns {Promise<number>} its exit code
 */
export function runAttached(command, args) {
  return new Promise((resolve, reject) => {
    const program = spawn(command, args, { stdio: 'inherit' });
    // Ctrl-C reaches the program by itself; this process waits for how it ends. Other signals are passed on.
    process.on('SIGINT', () => undefined);
    process.on('SIGTERM', () => program.kill('SIGTERM'));
    program.on('error', reject);
    program.on('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 1)));
  });
}
