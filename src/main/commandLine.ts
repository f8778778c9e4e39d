import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** What the app was asked to do when it was started. */
export interface CommandLine {
  /** Connection string; a secret. */
  readonly uri?: string;
  readonly database?: string;
  /** Absolute path of a report file to show. */
  readonly report?: string;
  readonly userDataDir?: string;
  /** Folder for the outcome of a smoke run: the app opens, answers, draws and ends by itself. */
  readonly smoke?: string;
}

const OPTIONS = {
  uri: 'uri',
  db: 'database',
  report: 'report',
  'user-data-dir': 'userDataDir',
  smoke: 'smoke',
} as const;
type OptionName = keyof typeof OPTIONS;

const isOption = (name: string): name is OptionName => Object.prototype.hasOwnProperty.call(OPTIONS, name);

/** The path of an associated file as desktops pass it: a path, or a `file:` address. */
function pathOf(argument: string, folder: string): string {
  if (!argument.startsWith('file:')) return path.resolve(folder, argument);
  try {
    return fileURLToPath(argument);
  } catch {
    // An address of another machine; as a path it is not there, which the window says.
    return argument;
  }
}

/**
 * Reads `--uri`, `--db`, `--report`, `--user-data-dir` and `--smoke` (as `--name value` or `--name=value`) and a bare
 * `*.report.json`, which is how a system opens an associated file. Everything else belongs to the runtime
 * and is passed over. `WAYMARK_URI` and `WAYMARK_DB` stand in for what is absent.
 */
export function readCommandLine(
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  folder: string,
): CommandLine {
  const found: { -readonly [K in keyof CommandLine]: CommandLine[K] } = {};
  for (let index = 0; index < argv.length; index += 1) {
    const argument = argv[index] ?? '';
    if (!argument.startsWith('--')) {
      if (argument.endsWith('.report.json')) found.report ??= argument;
      continue;
    }
    const equals = argument.indexOf('=');
    const name = equals < 0 ? argument.slice(2) : argument.slice(2, equals);
    if (!isOption(name)) continue;
    const next = argv[index + 1];
    const separate = equals < 0 && next !== undefined && !next.startsWith('--');
    const value = equals >= 0 ? argument.slice(equals + 1) : separate ? next : undefined;
    if (separate) index += 1;
    if (value) found[OPTIONS[name]] = value;
  }
  if (found.report !== undefined) found.report = pathOf(found.report, folder);
  if (found.uri === undefined && environment['WAYMARK_URI']) found.uri = environment['WAYMARK_URI'];
  if (found.database === undefined && environment['WAYMARK_DB']) found.database = environment['WAYMARK_DB'];
  return found;
}
