import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

/** As in the app, Arrow is a file of its own, which workers load for old blocks alone. */
const arrowApart: Plugin = {
  name: 'arrow apart',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/arrowBlock$/ }, () => ({ path: './arrowBlock.cjs', external: true }));
  },
};

export interface Bundles {
  /** The worker as it is shipped: without the loader that runs sources. */
  readonly worker: string;
  /** Measures the memory of all questions in a process of its own. */
  readonly memory: string;
  readonly folder: string;
}

/** Bundles what runs in threads and processes of its own, into a new folder. */
export async function bundlePrograms(): Promise<Bundles> {
  const folder = await mkdtemp(path.join(tmpdir(), 'waymark-worker-'));
  const bundle = async (source: string, name: string): Promise<string> => {
    const outfile = path.join(folder, name);
    await build({
      entryPoints: [fileURLToPath(new URL(source, import.meta.url))],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      plugins: [arrowApart],
      // Where the source looks for its worker does not matter: it is told.
      logLevel: 'error',
    });
    return outfile;
  };
  const columns = '../../../src/analytics/columns';
  await bundle(`${columns}/format/arrowBlock.ts`, 'arrowBlock.cjs');
  return {
    worker: await bundle(`${columns}/workers/scanWorker.ts`, 'scanWorker.cjs'),
    memory: await bundle('./memory.ts', 'memory.cjs'),
    folder,
  };
}
