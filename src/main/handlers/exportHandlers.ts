import { dialog, type BrowserWindow } from 'electron';
import { csvLine } from '../../shared/reports/csvCells';
import type { HandlersOf } from '../calls/handler';
import { copyPicture, copyText } from '../files/clipboard';
import { makePdf } from '../files/pdf';
import { suggestFileName } from '../files/suggestName';
import type { Services } from '../services';
import { fileFault } from '../storage/fileFault';
import { writeAtomically } from '../storage/jsonFile';
import { prepareRun } from './reportHandlers';

const KINDS = {
  csv: 'Comma-separated values',
  png: 'PNG picture',
  svg: 'SVG picture',
  pdf: 'PDF document',
} as const;

/** Asks where to write; null when the person closed the dialog. */
async function chooseFile(
  window: BrowserWindow,
  kind: keyof typeof KINDS,
  suggestedName: string,
): Promise<string | null> {
  const { canceled, filePath } = await dialog.showSaveDialog(window, {
    title: 'Export',
    defaultPath: suggestFileName(suggestedName, `.${kind}`),
    filters: [{ name: KINDS[kind], extensions: [kind] }],
  });
  return canceled || !filePath ? null : filePath;
}

export function createExportHandlers(services: Services): HandlersOf<'export'> & HandlersOf<'clipboard'> {
  const { analytics, log } = services;
  return {
    'export.csv': async ({ suggestedName, ...request }, { window, signal, progress }) => {
      const run = await prepareRun(services, window, request);
      const file = await chooseFile(window, 'csv', suggestedName);
      if (file === null) return null;
      const written = await analytics.call('writeCsv', { ...run, file }, { signal, onProgress: progress });
      return { path: file, ...written };
    },
    'export.rows': async ({ rows, suggestedName }, { window }) => {
      const file = await chooseFile(window, 'csv', suggestedName);
      if (file === null) return null;
      const content = Buffer.from(rows.map((row) => `${csvLine(row)}\n`).join(''));
      try {
        await writeAtomically(file, content);
      } catch (error) {
        throw fileFault('written', file, error);
      }
      return { path: file, bytes: content.byteLength };
    },
    'export.picture': async (request, { window }) => {
      const file = await chooseFile(window, request.format, request.suggestedName);
      if (file === null) return null;
      const content =
        request.format === 'png'
          ? request.bytes
          : request.format === 'svg'
            ? Buffer.from(request.svg)
            : await makePdf({ ...request, log });
      try {
        await writeAtomically(file, content);
      } catch (error) {
        throw fileFault('written', file, error);
      }
      return { path: file, bytes: content.byteLength };
    },
    'clipboard.write': async (request) => {
      await ('text' in request ? copyText(request.text) : copyPicture(request.png));
      return {};
    },
  };
}
