import type { Handlers } from '../calls/handler';
import type { Services } from '../services';
import { createAppHandlers } from './appHandlers';
import { createColumnHandlers } from './columnHandlers';
import { createConnectionHandlers } from './connectionHandlers';
import { createExportHandlers } from './exportHandlers';
import { createInspectHandlers } from './inspectHandlers';
import { createLibraryHandlers } from './libraryHandlers';
import { createReportFileHandlers } from './reportFileHandlers';
import { createReportHandlers } from './reportHandlers';
import { createRunFileHandlers } from './runFileHandlers';
import { createSettingsHandlers } from './settingsHandlers';

/** A handler for every call of the contract. */
export function createHandlers(services: Services): Handlers {
  return {
    ...createAppHandlers(services),
    ...createSettingsHandlers(services),
    ...createConnectionHandlers(services),
    ...createReportHandlers(services),
    ...createReportFileHandlers(services),
    ...createRunFileHandlers(),
    ...createExportHandlers(services),
    ...createLibraryHandlers(services),
    ...createInspectHandlers(services),
    ...createColumnHandlers(services),
  };
}
