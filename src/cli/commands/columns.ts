import { Argument, type Command } from 'commander';
import { WaymarkError } from '../../shared/errors';
import { withSource } from '../connection';

const ACTIONS = ['build', 'verify', 'status', 'declare', 'clear'] as const;

/** `waymark columns`: column blocks. */
export function addColumns(program: Command): void {
  withSource(
    program
      .command('columns')
      .description('Build, check and describe column blocks')
      .addArgument(new Argument('<action>', 'what to do').choices(ACTIONS)),
  )
    .option('--watch', 'go on as events come in')
    .action(() => {
      throw new WaymarkError(
        'badInput',
        'Column blocks are not built yet. Reports run as aggregations on the server (--engine pipeline).',
      );
    });
}
