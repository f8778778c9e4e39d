import { readFileSync } from 'node:fs';
import { Writable } from 'node:stream';
import { Command, CommanderError } from 'commander';
import { z } from 'zod';
import { addColumns } from './commands/columns';
import { addDemo } from './commands/demo';
import { addDoctor } from './commands/doctor';
import { addExplain } from './commands/explain';
import { addExport } from './commands/export';
import { addImport } from './commands/import';
import { addInspect } from './commands/inspect';
import { addRun } from './commands/run';
import { failureOf, type ExitCode } from './exit';
import { tell, type Terminal } from './terminal';

/** The version in package.json, which lies two folders above both the source and the bundle. */
function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version;
}

/** The command line with all its commands. `finish` gets the exit code of the one that ran. */
function createProgram(terminal: Terminal, finish: (code: ExitCode) => void): Command {
  const program = new Command('waymark')
    .description('User-journey analytics on your own MongoDB')
    .version(readVersion())
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text.replace(/^error: /, 'waymark: ')),
    })
    .showHelpAfterError('Run "waymark --help" or "waymark COMMAND --help" to see what is allowed.');
  addRun(program, terminal, finish);
  addExplain(program, terminal, finish);
  addImport(program, terminal, finish);
  addExport(program, terminal, finish);
  addColumns(program, terminal, finish);
  addInspect(program, terminal, finish);
  addDemo(program, finish);
  addDoctor(program, terminal, finish);
  return program;
}

/** The command line's definition, to describe it; what it writes goes nowhere and what it runs is not awaited. */
export function describeCommands(): Command {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  return createProgram(
    { stdout: nowhere, stderr: nowhere, env: {}, now: Date.now, signal: new AbortController().signal },
    () => undefined,
  );
}

/**
 * Runs the command line and answers with the exit code: 0 done, 1 failed while running, 2 bad input. Never
 * throws; a failure is one sentence on standard error.
 * @param args without the program's name
 */
export async function runCommandLine(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let exitCode: ExitCode = 0;
  try {
    await createProgram(terminal, (code) => {
      exitCode = code;
    }).parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    const { exitCode: failed, sentence } = failureOf(error);
    if (sentence !== undefined) tell(terminal, `waymark: ${sentence}`);
    if (error instanceof CommanderError && error.code === 'commander.help') return 2;
    return failed;
  }
}
