import { dialog } from 'electron';
import { WaymarkError } from '../../shared/errors';
import { parseReport } from '../../shared/reports/report';
import type { HandlersOf } from '../calls/handler';
import { REPORT_EXTENSION } from '../files/reportFiles';
import { suggestFileName } from '../files/suggestName';
import type { Services } from '../services';

const FILTERS = [{ name: 'Waymark report', extensions: ['report.json', 'json'] }];

export function createReportFileHandlers({ reportFiles }: Services): HandlersOf<'reportFiles'> {
  return {
    'reportFiles.open': async (_request, { window }) => {
      const { canceled, filePaths } = await dialog.showOpenDialog(window, {
        title: 'Open a report',
        filters: FILTERS,
        properties: ['openFile'],
      });
      const file = filePaths[0];
      return canceled || file === undefined ? null : reportFiles.open(file);
    },
    'reportFiles.openRecent': ({ path }) => reportFiles.openRecent(path),
    'reportFiles.save': async ({ report, path }, { window }) => {
      const { title, kind } = parseReport(report);
      if (path !== undefined) {
        if (await reportFiles.isKnown(path)) return reportFiles.save(path, report);
        throw new WaymarkError(
          'badInput',
          'This file was not opened here; save it under a name of your choice.',
          {
            path: 'path',
          },
        );
      }
      const { canceled, filePath } = await dialog.showSaveDialog(window, {
        title: 'Save the report',
        defaultPath: suggestFileName(title || kind, REPORT_EXTENSION),
        filters: FILTERS,
      });
      return canceled || !filePath ? null : reportFiles.save(filePath, report);
    },
    'reportFiles.recent': async () => ({ reports: await reportFiles.recent() }),
    'reportFiles.forgetRecent': async ({ path }) => {
      await reportFiles.forget(path);
      return {};
    },
  };
}
