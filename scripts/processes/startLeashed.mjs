/** Starts a program that cannot outlive this process. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const LEASH = fileURLToPath(new URL('leash.mjs', import.meta.url));

/**
 * @typedef {object} Leashed
 * @property {number} pid of the program itself
 * @property {() => string} output the last 64 KB it wrote to standard output and error
 * @property {Promise<number | null>} ended its exit code, once it has ended
 * @property {() => Promise<void>} stop asks it to end, insists after some seconds, returns when it has ended
 * @property {() => Promise<void>} kill ends it at once, like a crash
 */

/**
 * Starts `command` in its own process group. It is ended when this process ends for whatever reason.
 * @param {string} command
 * @param {string[]} args
 * @param {object} [options]
 * @param {NodeJS.ProcessEnv} [options.env]
 * @param {string} [options.cwd]
 * @param {string} [options.input] what it reads on standard input
 * @param {string} [options.removeWithOwner] a folder to delete when this process ends without stopping the program
 * @param {(text: string) => void} [options.onOutput]
 * @returns {Promise<Leashed>} rejects when the program cannot be started
 */
export async function startLeashed(command, args, options = {}) {
  const { env = process.env, cwd, input, removeWithOwner, onOutput } = options;
  const leash = spawn(process.execPath, [LEASH, JSON.stringify({ command, args, input, removeWithOwner })], {
    env,
    cwd,
    detached: process.platform !== 'win32',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    windowsHide: true,
  });
  let output = '';
  for (const stream of [leash.stdout, leash.stderr]) {
    stream?.setEncoding('utf8').on('data', (text) => {
      output = (output + text).slice(-65_536);
      onOutput?.(text);
    });
  }
  const ended = once(leash, 'exit').then(([code]) => code);
  const [message] = await Promise.race([
    once(leash, 'message'),
    ended.then((code) => [{ error: `ended at once with code ${code}: ${output}` }]),
  ]);
  if (message.error) throw new Error(`${command} could not be started: ${message.error}`);

  // Nothing of the program keeps this process alive: when it is done, so is the program.
  leash.unref();
  leash.channel?.unref();
  for (const stream of [leash.stdout, leash.stderr]) /** @type {any} */ (stream)?.unref?.();

  return {
    pid: message.pid,
    output: () => output,
    ended,
    stop: async () => {
      leash.ref();
      if (leash.connected) leash.send('stop');
      await ended;
    },
    kill: async () => {
      leash.ref();
      if (leash.exitCode === null) process.kill(message.pid, 'SIGKILL');
      await ended;
    },
  };
}
