import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { WaymarkError } from '../../shared/errors';
import type { ExitCode } from '../exit';

/** Two folders above both the source and the bundle. */
const DEMO = fileURLToPath(new URL('../../scripts/demo.mjs', import.meta.url));

/** `waymark demo`: what `npm run demo` runs, with the same options. */
export function addDemo(program: Command, finish: (code: ExitCode) => void): void {
  program
    .command('demo')
    .description('Start the sample shop and the app on it (what "npm run demo" runs)')
    .allowUnknownOption()
    .allowExcessArguments()
    .argument('[options...]', '--events N, --seed N, --reset, --smoke --out DIR')
    .helpOption(false)
    .action(async (options: string[]) => {
      if (!existsSync(DEMO)) {
        throw new WaymarkError('badInput', 'The demo runs in a checkout of Waymark; there is none here.');
      }
      const code = await new Promise<number>((resolve, reject) => {
        const child = spawn(process.execPath, [DEMO, ...options], { stdio: 'inherit' });
        // Ctrl-C reaches the demo itself; this process waits until it has cleaned up.
        process.on('SIGINT', () => undefined);
        child.once('error', reject);
        child.once('exit', (status) => resolve(status ?? 1));
      });
      finish(code === 0 || code === 2 ? code : 1);
    });
}
