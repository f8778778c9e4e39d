import { Option, type Command } from 'commander';
import { diagnose, type DoctorCheck } from '../../analytics/inspect/doctor';
import { WaymarkError } from '../../shared/errors';
import { withOpenSource, withSource, type ConnectionOptions } from '../connection';
import { exitCodeOf, type ExitCode } from '../exit';
import { drawDoctor } from '../output/inspectionTable';
import { write, type Terminal } from '../terminal';

interface DoctorOptions extends ConnectionOptions {
  readonly format: 'table' | 'json';
}

/** What is wrong when there is no connection to look through. */
async function examine(options: DoctorOptions, terminal: Terminal): Promise<DoctorCheck[]> {
  try {
    return await withOpenSource(options, terminal, (source) =>
      diagnose({ source, now: terminal.now(), signal: terminal.signal }),
    );
  } catch (error) {
    if (!(error instanceof WaymarkError) || exitCodeOf(error.code) === 2 || error.code === 'cancelled') {
      throw error;
    }
    return [{ name: 'connection', state: 'problem', text: error.message }];
  }
}

/** `waymark doctor`: what is wrong and how to fix it. Ends with 1 when there is a problem. */
export function addDoctor(program: Command, terminal: Terminal, finish: (code: ExitCode) => void): void {
  withSource(
    program
      .command('doctor')
      .description('Check connection, server, rights, events, indexes and columns; say what to fix'),
  )
    .addOption(new Option('--format <name>', 'how it is written').choices(['table', 'json']).default('table'))
    .action(async (options: DoctorOptions) => {
      const checks = await examine(options, terminal);
      await write(
        terminal.stdout,
        options.format === 'json' ? `${JSON.stringify({ checks }, null, 2)}\n` : drawDoctor(checks),
      );
      finish(checks.some(({ state }) => state === 'problem') ? 1 : 0);
    });
}
