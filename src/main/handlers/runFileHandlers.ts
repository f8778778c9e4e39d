import path from 'node:path';
import { dialog } from 'electron';
import { parseResult } from '../../shared/reports/parseResult';
import type { HandlersOf } from '../calls/handler';
import { readJson } from '../files/reportFiles';
import { suggestFileName } from '../files/suggestName';
import { fileFault } from '../storage/fileFault';
import { writeAtomically } from '../storage/jsonFile';

const FILTERS = [{ name: 'Waymark run', extensions: ['run.json', 'json'] }];
const RUN_EXTENSION = '.run.json';
const MAX_RUN_BYTES = 64 * 1024 * 1024;

/** Runs kept as files, to be compared with later ones. */
export function createRunFileHandlers(): HandlersOf<'runFiles'> {
  return {
    'runFiles.save': async ({ result }, { window }) => {
      const parsed = parseResult(result);
      const day = parsed.provenance.generatedAt.slice(0, 10);
      const { canceled, filePath } = await dialog.showSaveDialog(window, {
        title: 'Save the run',
        defaultPath: suggestFileName(`${parsed.title || parsed.kind} ${day}`, RUN_EXTENSION),
        filters: FILTERS,
      });
      if (canceled || !filePath) return null;
      const target = filePath.endsWith('.json') ? filePath : `${filePath}${RUN_EXTENSION}`;
      const content = Buffer.from(`${JSON.stringify(parsed, null, 2)}\n`);
      try {
        await writeAtomically(target, content);
      } catch (error) {
        throw fileFault('written', target, error);
      }
      return { path: target, bytes: content.byteLength };
    },
    'runFiles.open': async (_request, { window }) => {
      const { canceled, filePaths } = await dialog.showOpenDialog(window, {
        title: 'Open a run',
        filters: FILTERS,
        properties: ['openFile'],
      });
      const file = filePaths[0];
      if (canceled || file === undefined) return null;
      const content = await readJson(file, { maxBytes: MAX_RUN_BYTES, code: 'badInput', what: 'run' });
      return { path: file, name: path.basename(file), result: parseResult(content) };
    },
  };
}
