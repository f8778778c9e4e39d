/** `npm run build`: the app, the command line and the collector; each only when something it is made of changed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { hashFiles } from './build/hashFiles.mjs';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

/** What is built: from which files, by which command, into what. */
const PARTS = [
  {
    name: 'app',
    from: ['src', 'resources', 'electron.vite.config.ts', 'package.json', 'package-lock.json'],
    command: ['node_modules/electron-vite/bin/electron-vite.js', 'build'],
    into: 'out/main/main.cjs',
  },
  {
    name: 'command line',
    from: ['src/cli', 'src/analytics', 'src/shared', 'package.json', 'package-lock.json'],
    command: ['src/cli/build.mjs'],
    into: 'out/cli/waymark.mjs',
  },
  {
    name: 'collector',
    from: ['collector/src', 'collector/build.mjs', 'src/analytics', 'src/shared', 'package-lock.json'],
    command: ['collector/build.mjs'],
    into: 'collector/dist/collector.mjs',
  },
];

/**
 * Builds what changed. Rejects with a sentence: a part failed, or the packages it needs are not there.
 * @param {(line: string) => void} [say]
 */
export async function build(say = (line) => console.error(line)) {
  if (!existsSync(path.join(ROOT, 'node_modules', 'electron-vite')))
    throw new Error(
      'The npm packages are not installed: `npm ci` does that, `npm run demo` and `npm start` too.',
    );
  for (const part of PARTS) {
    const stamp = path.join(ROOT, 'node_modules', `.waymark-built-${part.name.replace(' ', '-')}`);
    const hash = await hashFiles(ROOT, part.from);
    if (existsSync(path.join(ROOT, part.into)) && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash)
      continue;
    const startedAt = Date.now();
    await run(part.name, part.command);
    writeFileSync(stamp, hash);
    say(`built the ${part.name} in ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
  }
}

/**
 * @param {string} name
 * @param {string[]} args of Node
 */
async function run(name, args) {
  const builder = spawn(process.execPath, args, {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1' },
  });
  let output = '';
  for (const stream of [builder.stdout, builder.stderr]) stream.on('data', (text) => (output += text));
  const [code] = await once(builder, 'close');
  if (code !== 0) throw new Error(`Building the ${name} failed:\n${output}`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    await build();
  } catch (error) {
    console.error(`build: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  }
}
