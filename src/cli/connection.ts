import { Option, type Command } from 'commander';
import { openSource } from '../analytics/source/openSource';
import type { Source } from '../analytics/source/source';
import { WaymarkError } from '../shared/errors';
import type { ConnectionMapping } from '../shared/ipc/connections';
import { parseMapping, type Mapping } from '../shared/model/mapping';
import { MAPPING_PRESETS } from '../shared/model/presets';
import { readProfile } from './profile';
import { readSmallFile } from './readSmallFile';
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

/** Where to connect to, and the mapping that a saved connection names or holds. */
export interface Address {
  readonly uri: string;
  readonly database: string | undefined;
  readonly mapping: ConnectionMapping | undefined;
}

const given = (text: string | undefined): string | undefined => (text === '' ? undefined : text);

/**
 * The address to connect to: what is given on the line, else in the environment.
 * @throws WaymarkError `badInput` when there is none
 */
export async function addressOf(options: ConnectionOptions, terminal: Terminal): Promise<Address> {
  const database = options.db ?? given(terminal.env['WAYMARK_DB']);
  if (options.profile !== undefined) {
    if (options.uri !== undefined) {
      throw new WaymarkError('badInput', '--profile and --uri both name a connection; give one of them.', {
        path: 'profile',
      });
    }
    const profile = await readProfile(options.profile, terminal);
    return { ...profile, database: options.db ?? profile.database };
  }
  const uri = options.uri ?? given(terminal.env['WAYMARK_URI']);
  if (uri === undefined) {
    throw new WaymarkError(
      'badInput',
      'No database is named: give --uri mongodb://host:port or set WAYMARK_URI.',
      { path: 'uri' },
    );
  }
  return { uri, database, mapping: undefined };
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
    text = await readSmallFile(nameOrFile, 'badMapping');
  } catch (error) {
    if (error instanceof WaymarkError) throw error;
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

/**
 * Connects as the options say, runs, and disconnects whatever happens.
 * @param anyCollections also where there are no events as the mapping says
 */
export async function withOpenSource<T>(
  options: ConnectionOptions,
  terminal: Terminal,
  run: (source: Source) => Promise<T>,
  anyCollections = false,
): Promise<T> {
  const { uri, database, mapping: saved } = await addressOf(options, terminal);
  const named = options.mapping ?? saved;
  const mapping = typeof named === 'string' ? await readMapping(named) : named;
  const source = await openSource({ uri, database, mapping, anyCollections, signal: terminal.signal });
  try {
    return await run(source);
  } finally {
    await source.close();
  }
}
