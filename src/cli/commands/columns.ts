import { Argument, type Command } from 'commander';
import { openBlockCache } from '../../analytics/columns/cache/cacheFolder';
import { buildStore } from '../../analytics/columns/build/buildStore';
import { parsePropertyColumn } from '../../analytics/columns/format/block';
import type { PropertyColumn } from '../../analytics/columns/format/columnEvent';
import { FolderStore } from '../../analytics/columns/store/folderStore';
import type { Manifest } from '../../analytics/columns/store/manifest';
import { DEFAULT_MAX_TIME_MS } from '../../analytics/source/source';
import { SourceRun } from '../../analytics/source/sourceRun';
import { WaymarkError } from '../../shared/errors';
import { withOpenSource, withSource, type ConnectionOptions } from '../connection';
import { actOnDatabase, type DatabaseColumnsOptions } from './columnsInDatabase';
import { watchFolder } from './watchFolder';
import type { ExitCode } from '../exit';
import { describeProgress, ProgressLine } from '../progress';
import { tell, write, type Terminal } from '../terminal';

const ACTIONS = ['build', 'verify', 'status', 'declare', 'clear'] as const;
type Action = (typeof ACTIONS)[number];

interface ColumnsOptions extends DatabaseColumnsOptions {
  readonly watch?: true;
  readonly cache?: true;
}

/** What columns a folder has, as JSON on standard output. */
function describe(manifest: Manifest): string {
  const { blocks, userIds, sessionIds } = manifest;
  const rows = blocks.reduce((sum, block) => sum + block.rows, 0);
  const bytes = blocks.reduce((sum, block) => sum + block.bytes, 0);
  const first = blocks[0];
  const last = blocks[blocks.length - 1];
  const status = {
    database: manifest.database,
    mapping: manifest.mapping.name,
    builtAt: manifest.builtAt,
    from: first ? new Date(first.start).toISOString() : null,
    through: last ? new Date(last.end - 1).toISOString() : null,
    events: rows,
    blocks: blocks.length,
    bytes,
    bytesPerEvent: rows === 0 ? null : Number((bytes / rows).toFixed(2)),
    userIds: userIds.rows,
    sessionIds: sessionIds.rows,
    properties: manifest.properties.map(({ name, type }) => `properties.${name}:${type}`),
    inexact: manifest.inexact,
  };
  return `${JSON.stringify(status, null, 2)}\n`;
}

function parseDeclared(specs: readonly string[]): PropertyColumn[] {
  return specs.map((spec) => {
    const column = parsePropertyColumn(spec);
    if (column) return column;
    throw new WaymarkError(
      'badInput',
      `"${spec}" declares no property: allowed is properties.NAME:number, :string, :boolean or :date.`,
    );
  });
}

/** Declared properties; a new declaration of a name replaces the old one. */
function merge(old: readonly PropertyColumn[], more: readonly PropertyColumn[]): PropertyColumn[] {
  return [...old.filter(({ name }) => !more.some((column) => column.name === name)), ...more];
}

async function build(
  store: FolderStore,
  more: readonly PropertyColumn[],
  options: ConnectionOptions,
  terminal: Terminal,
): Promise<{ before: Manifest | null; after: Manifest }> {
  const before = await store.readManifest();
  const line = new ProgressLine(terminal);
  const after = await withOpenSource(options, terminal, (source) =>
    buildStore({
      run: new SourceRun(source, {
        comment: 'waymark columns build',
        signal: terminal.signal,
        maxTimeMs: DEFAULT_MAX_TIME_MS,
      }),
      store,
      declared: merge(before?.properties ?? [], more),
      now: new Date(terminal.now()),
      onProgress: (events) => line.show(describeProgress({ phase: 'events', done: events })),
    }),
  ).finally(() => line.clear());
  return { before, after };
}

async function verify(store: FolderStore, options: ConnectionOptions, terminal: Terminal): Promise<void> {
  const { before, after } = await build(store, [], options, terminal);
  const known = new Set(before?.blocks.map(({ file }) => file));
  const differing = after.blocks.filter(({ file }) => !known.has(file)).length;
  const gone = (before?.blocks ?? []).filter(
    ({ file }) => !after.blocks.some((block) => block.file === file),
  );
  const counts = { blocks: after.blocks.length, repaired: differing, removed: gone.length };
  await write(terminal.stdout, `${JSON.stringify(counts)}\n`);
  tell(
    terminal,
    differing + gone.length === 0
      ? 'Every block agrees with the events.'
      : `${differing} of ${after.blocks.length} blocks differed from the events and were rebuilt.`,
  );
}

async function act(
  action: Action,
  specs: readonly string[],
  options: ColumnsOptions,
  terminal: Terminal,
): Promise<void> {
  if (action === 'declare' && specs.length === 0) {
    throw new WaymarkError('badInput', 'Nothing is declared: name properties like properties.amount:number.');
  }
  if (options.cache === true) {
    if (action !== 'clear') throw new WaymarkError('badInput', '--cache goes with clear alone.');
    const bytes = (await openBlockCache()?.clear()) ?? 0;
    return tell(terminal, `Removed copies of blocks: ${bytes.toLocaleString('en')} bytes.`);
  }
  if (options.store === undefined) {
    return actOnDatabase(action, parseDeclared(specs), options, terminal);
  }
  const store = new FolderStore(options.store);
  if (options.watch === true && action === 'build') return watchFolder(store, options, terminal);
  if (action === 'clear') {
    const lock = await store.lock();
    return store.clear().finally(() => lock.release());
  }
  if (action === 'verify') return verify(store, options, terminal);
  if (action === 'status') {
    const manifest = await store.readManifest();
    if (!manifest) throw new WaymarkError('badInput', `${store.folder} holds no columns.`, { path: 'store' });
    return write(terminal.stdout, describe(manifest));
  }
  const { after } = await build(store, parseDeclared(specs), options, terminal);
  await write(terminal.stdout, describe(after));
}

/** `waymark columns`: column blocks in the database, or in a local folder. */
export function addColumns(program: Command, terminal: Terminal, finish: (code: ExitCode) => void): void {
  withSource(
    program
      .command('columns')
      .description(
        'Build, check and describe column blocks in the database, or in a local folder with --store',
      )
      .addArgument(new Argument('<action>', 'what to do').choices(ACTIONS))
      .argument('[properties...]', 'with declare: properties.amount:number …'),
  )
    .option('--watch', 'with build: keep them up to date until stopped')
    .option('--cache', 'with clear: remove the copies of blocks on this machine, and nothing else')
    .option('--columns-db <name>', 'database to keep them in (default: that of the events)')
    .action(async (action: Action, specs: string[], options: ColumnsOptions) => {
      await act(action, specs, options, terminal);
      finish(0);
    });
}
