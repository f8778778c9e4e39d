import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { execFileSync } from 'node:child_process';

const PACKAGES = ['chdb==4.4.0', 'duckdb==2.0.0', 'pyarrow==26.0.1'];
const SCRIPT = fileURLToPath(new URL('./engines.py', import.meta.url));

/** A Python with both engines, made once and kept in the cache. */
function providePython(): string {
  const folder = path.join(homedir(), '.cache', 'waymark', `bench-${PACKAGES.join('-').replace(/=/g, '')}`);
  const python = path.join(folder, 'bin', 'python');
  if (!existsSync(path.join(folder, 'ready'))) {
    console.log('Getting ClickHouse (chdb) and DuckDB from the Python package index …');
    execFileSync('python3', ['-m', 'venv', folder], { stdio: 'inherit' });
    execFileSync(path.join(folder, 'bin', 'pip'), ['install', '--quiet', ...PACKAGES], { stdio: 'inherit' });
    execFileSync('touch', [path.join(folder, 'ready')]);
  }
  return python;
}

export type SqlEngineName = 'clickhouse' | 'duckdb';

interface Answer {
  readonly ms: number;
  readonly rows: unknown[][];
}

/** ClickHouse and DuckDB in a process of their own. */
export class SqlEngines {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #lines: Interface;
  readonly #waiting: ((line: string) => void)[] = [];

  constructor() {
    this.#process = spawn(providePython(), [SCRIPT]);
    this.#process.stderr.pipe(process.stderr);
    this.#lines = createInterface({ input: this.#process.stdout });
    this.#lines.on('line', (line) => this.#waiting.shift()?.(line));
  }

  async #call<T>(command: Record<string, unknown>): Promise<T> {
    const line = await new Promise<string>((resolve) => {
      this.#waiting.push(resolve);
      this.#process.stdin.write(`${JSON.stringify(command)}\n`);
    });
    const answer = JSON.parse(line) as T & { error?: string };
    if (answer.error !== undefined) throw new Error(`${JSON.stringify(command)}: ${answer.error}`);
    return answer;
  }

  /** Loads the blocks of a store into both engines and answers with their versions. */
  async load(store: string, folder: string): Promise<Record<SqlEngineName, string>> {
    const parquet = path.join(folder, 'events.parquet');
    await this.#call({ do: 'parquet', store, target: parquet });
    const open = async (engine: SqlEngineName): Promise<string> =>
      (
        await this.#call<{ version: string }>({
          do: 'open',
          engine,
          folder: path.join(folder, engine),
          parquet,
        })
      ).version;
    return { clickhouse: await open('clickhouse'), duckdb: await open('duckdb') };
  }

  /** Runs a query; the milliseconds are the engine's own. */
  ask(engine: SqlEngineName, sql: string, threads: number): Promise<Answer> {
    return this.#call<Answer>({ do: 'ask', engine, sql, threads });
  }

  close(): void {
    this.#process.stdin.end();
  }
}
