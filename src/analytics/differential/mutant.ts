import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { WaymarkError } from '../../shared/errors';
import type { runReport } from '../engine/runReport';
import type { Fault } from './faults';

type RunReport = typeof runReport;

/** Below the dependencies, so that what is built finds them; never packed. */
const FOLDER = path.resolve('node_modules/.cache/waymark-faults');

/** The source of a faulty module. Throws when the text to be changed is not there any more. */
export function breakSource(fault: Fault): string {
  const source = readFileSync(fault.file, 'utf8');
  if (!source.includes(fault.from)) {
    throw new Error(`${fault.file} no longer holds "${fault.from}": adapt the fault "${fault.rule}".`);
  }
  return source.split(fault.from).join(fault.to);
}

function withFault(fault: Fault): Plugin {
  const file = path.resolve(fault.file);
  return {
    name: 'fault',
    setup(bundler) {
      bundler.onLoad({ filter: /\.ts$/ }, (args) =>
        args.path === file ? { contents: breakSource(fault), loader: 'ts' } : undefined,
      );
    },
  };
}

/** An engine of its own, built from the sources with one fault in them. */
export async function buildMutant(fault: Fault, name: string): Promise<RunReport> {
  mkdirSync(FOLDER, { recursive: true });
  const outfile = path.join(FOLDER, `${name}.mjs`);
  await build({
    entryPoints: ['src/analytics/engine/runReport.ts'],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    outfile,
    logLevel: 'error',
    plugins: [withFault(fault)],
  });
  const built = (await import(/* @vite-ignore */ pathToFileURL(outfile).href)) as { runReport: RunReport };
  return async (request) => {
    try {
      return await built.runReport(request);
    } catch (error) {
      // The bundle has an error class of its own; a refusal must look like one here too.
      if (error instanceof Error && 'code' in error && error.code === 'badReport') {
        const at = 'path' in error && typeof error.path === 'string' ? { path: error.path } : {};
        throw new WaymarkError('badReport', error.message, at);
      }
      throw error;
    }
  };
}

/** Removes what was built. */
export function removeMutants(): void {
  rmSync(FOLDER, { recursive: true, force: true });
}
