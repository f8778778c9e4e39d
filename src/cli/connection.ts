import { readFile } from 'node:fs/promises';
import { Option, type Command } from 'commander';
import { openSource } from '../analytics/source/openSource';
import type { Source } from '../analytics/source/source';
import { WaymarkError } from '../shared/errors';
import { parseMapping, type Mapping } from '../shared/model/mapping';
import { MAPPING_PRESETS } from '../shared/model/presets';
import type { Terminal } from './terminal';

/** Where a command connects to. */
export interface ConnectionOptions {
  readonly uri?: string;
  readonly db?: string;
  readonly profile?: string;
  readonly mapping?: string;
  readonly store?: string;
}

/** Adds --uri and --db. */
export function withAddress(command: Command): Command {
  return command
    .addOption(
      new Option('--uri <address>', 'connection string, mongodb://… or mongodb+srv://… (or WAYMARK_URI)'),
    )
    .addOption(
      new Option('--db <name>', 'database (or WAYMARK_DB; default: the one in the address, else waymark)'),
    )
    .addOption(new Option('--profile <name>', 'a connection saved by the app, instead of --uri'));
}

/** Adds --mapping and --store to what `withAddress` adds. */
export function withSource(command: Command): Command {
  return withAddress(command)
    .addOption(
      new Option(
        '--mapping <name-or-file>',
        `schema mapping: ${Object.keys(MAPPING_PRESETS).join(', ')} or a file`,
      ),
    )
    .addOption(new Option('--store <folder>', 'column blocks in a local folder'));
}

/**
 * The address to connect to.
 * @throws WaymarkError `badInput` when none is given
 */
export function addressOf(
  options: ConnectionOptions,
  terminal: Terminal,
): { uri: string; database?: string } {
  if (options.store !== undefined) {
    throw new WaymarkError(
      'badInput',
      'Column blocks in a local folder (--store) are not built yet; use --uri.',
      {
        path: 'store',
      },
    );
  }
  if (options.profile !== undefined) {
    throw new WaymarkError(
      'badInput',
      'Saved connections (--profile) cannot be read by the command line yet; use --uri or WAYMARK_URI.',
      { path: 'profile' },
    );
  }
  const uri = options.uri ?? terminal.env['WAYMARK_URI'];
  if (uri === undefined || uri === '') {
    throw new WaymarkError(
      'badInput',
      'No database is named: give --uri mongodb://host:port or set WAYMARK_URI.',
      { path: 'uri' },
    );
  }
  const database = options.db ?? terminal.env['WAYMARK_DB'];
  return database === undefined || database === '' ? { uri } : { uri, database };
}

/**
 * A mapping by the name of a preset or from a file.
 * @throws WaymarkError `badMapping`
 */
export async function readMapping(nameOrFile: string): Promise<Mapping> {
  const preset = Object.prototype.hasOwnProperty.call(MAPPING_PRESETS, nameOrFile)
    ? MAPPING_PRESETS[nameOrFile]
    : undefined;
  if (preset) return preset;
  let text: string;
  try {
    text = await readFile(nameOrFile, 'utf8');
  } catch (error) {
    throw new WaymarkError(
      'badMapping',
      `There is no mapping "${nameOrFile}": allowed are ${Object.keys(MAPPING_PRESETS).join(', ')} or the path of a mapping file.`,
      { path: 'mapping', cause: error },
    );
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new WaymarkError('badMapping', `${nameOrFile} is not JSON.`, { path: 'mapping', cause: error });
  }
  return parseMapping(json);
}

/** Connects as the options say, runs, and disconnects whatever happens. */
export async function withOpenSource<T>(
  options: ConnectionOptions,
  terminal: Terminal,
  run: (source: Source) => Promise<T>,
): Promise<T> {
  const address = addressOf(options, terminal);
  const mapping = options.mapping === undefined ? undefined : await readMapping(options.mapping);
  const source = await openSource({ ...address, mapping, signal: terminal.signal });
  try {
    return await run(source);
  } finally {
    await source.close();
  }
}
