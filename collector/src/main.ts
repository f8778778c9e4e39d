import { isMainThread, workerData } from 'node:worker_threads';
import pino from 'pino';
import { compactorWorkSchema, runCompactorThread } from './columns/compactorThread';
import { serveDrain } from './kafka/drainCommand';
import { runKeysCommand } from './keys/keysCommand';
import { serve } from './serve';
import { readSettings, SettingsError } from './settings';

const HELP = `waymark-collector            takes events in over HTTP; set by the environment (see .env.example)
waymark-collector drain      brings events from Kafka to MongoDB (WAYMARK_KAFKA_BROKERS and the like)
waymark-collector keys add --name NAME [--database DB] [--admin]
waymark-collector keys list
waymark-collector keys revoke NAME
`;

/** Runs the collector or a command; the exit code says how it went: 0 done, 1 failed, 2 bad input. */
async function main(args: readonly string[]): Promise<number> {
  const [command, ...rest] = args;
  if (command === 'help' || command === '--help' || command === '-h') {
    console.log(HELP);
    return 0;
  }
  const settings = readSettings(process.env);
  if (command === 'keys') return runKeysCommand(rest, settings);
  if (command !== undefined && command !== 'serve' && command !== 'drain') {
    console.error(`"${command}" is no command.\n\n${HELP}`);
    return 2;
  }
  const logger = pino({ level: settings.logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime });
  process.on('unhandledRejection', (reason) => {
    logger.error({ err: reason }, 'a failure that nobody expected; the collector goes on');
  });
  const program = new URL(import.meta.url);
  const running = await (command === 'drain'
    ? serveDrain(settings, logger)
    : serve(settings, logger, program));
  await new Promise<void>((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
  // Whatever hangs, the process ends within ten seconds; the log has what is not in the database.
  setTimeout(() => process.exit(1), 9_000).unref();
  await running.stop();
  return 0;
}

/** This file is the compactor's thread too (`startCompactor`). */
const isCompactor = !isMainThread && compactorWorkSchema.safeParse(workerData).success;

const ended = isCompactor ? runCompactorThread().then(() => 0) : main(process.argv.slice(2));
ended.then(
  (code) => process.exit(code),
  (error: unknown) => {
    if (error instanceof SettingsError) {
      console.error(`The collector cannot start:\n${error.message}`);
      process.exit(2);
    }
    console.error(error instanceof Error ? error.message : 'The collector failed.');
    process.exit(1);
  },
);
