import {
  catalogueStoredEvents,
  catalogueStoredProperties,
  suggestStoredEvents,
  suggestStoredValues,
} from '../../analytics/columns/catalogue/storeCatalogue';
import { executeReport } from '../../analytics/execute/executeReport';
import { catalogueEvents } from '../../analytics/inspect/events';
import { adviseIndexes } from '../../analytics/inspect/indexes';
import { describeGuess, describeMapping } from '../../analytics/inspect/mapping';
import { catalogueProperties, suggestProperties } from '../../analytics/inspect/properties';
import { findQualityIssues } from '../../analytics/inspect/quality';
import { suggestEvents, suggestValues } from '../../analytics/inspect/suggest';
import { watchEvents } from '../../analytics/live/watchEvents';
import { createColumnMethods } from './columnMethods';
import { explainForLens } from './explanation';
import { OpenWorkspaces, type Workspace } from './openWorkspaces';
import type { MethodTable } from './serveMethods';
import { testConnection } from './testConnection';
import { writeCsv } from './writeCsv';

/** Everything the analytics process can be asked to do. @param appFolder where the app's package.json is */
export function createMethods(appFolder: string): MethodTable {
  const workspaces = new OpenWorkspaces(appFolder);
  return {
    open: ({ workspace, ...parameters }, { signal }) => workspaces.open(workspace, parameters, signal),
    async close({ workspace }) {
      await workspaces.close(workspace);
      return null;
    },
    test: (parameters, { signal }) => testConnection(parameters, signal),
    run: ({ workspace, ...request }, { signal, progress }) =>
      executeReport({ ...request, ...answering(workspaces.of(workspace)), signal, onProgress: progress }),
    explain: ({ workspace, ...request }, { signal, progress }) =>
      explainForLens({ ...request, source: workspaces.sourceOf(workspace), signal, onProgress: progress }),
    async writeCsv({ workspace, file, ...request }, { signal, progress }) {
      const from = answering(workspaces.of(workspace));
      return writeCsv(
        await executeReport({ ...request, ...from, signal, onProgress: progress }),
        file,
        signal,
      );
    },
    async inspectEvents({ workspace, ...request }, { signal }) {
      const { catalogue } = workspaces.of(workspace);
      if (catalogue) return catalogueStoredEvents(catalogue);
      return catalogueEvents({ ...request, source: workspaces.sourceOf(workspace), signal });
    },
    async inspectProperties({ workspace, ...request }, { signal }) {
      const { catalogue } = workspaces.of(workspace);
      if (catalogue) return catalogueStoredProperties(catalogue, request.event);
      return catalogueProperties({ ...request, source: workspaces.sourceOf(workspace), signal });
    },
    inspectQuality: ({ workspace, ...request }, { signal }) =>
      findQualityIssues({ ...request, source: workspaces.sourceOf(workspace), signal }),
    inspectIndexes: ({ workspace, ...request }, { signal }) =>
      adviseIndexes({ ...request, source: workspaces.sourceOf(workspace), signal }),
    inspectMapping: ({ workspace, now, guess, mapping }, { signal }) => {
      const source = workspaces.sourceOf(workspace);
      if (guess) return describeGuess({ source, now, signal });
      return describeMapping({ source: mapping ? source.withMapping(mapping) : source, now, signal });
    },
    ...createColumnMethods(workspaces),
    async suggestEvents({ workspace, ...request }, { signal }) {
      const { catalogue } = workspaces.of(workspace);
      if (catalogue) return suggestStoredEvents(catalogue, request);
      return suggestEvents({ ...request, source: workspaces.sourceOf(workspace), signal });
    },
    async suggestProperties({ workspace, ...request }, { signal }) {
      const { catalogue } = workspaces.of(workspace);
      if (catalogue) return catalogueStoredProperties(catalogue, undefined);
      return suggestProperties({ ...request, source: workspaces.sourceOf(workspace), signal });
    },
    async suggestValues({ workspace, ...request }, { signal }) {
      const { catalogue } = workspaces.of(workspace);
      if (catalogue) return suggestStoredValues(catalogue, request);
      return suggestValues({ ...request, source: workspaces.sourceOf(workspace), signal });
    },
    watchLive: ({ workspace, filters }, { signal, progress }) =>
      watchEvents({
        source: workspaces.sourceOf(workspace),
        filters,
        signal,
        clock: Date.now,
        onBatch: progress,
      }),
  };
}

/** What of a workspace answers reports. */
function answering({ source, columns }: Workspace): Pick<Workspace, 'source' | 'columns'> {
  return { ...(source ? { source } : {}), ...(columns ? { columns } : {}) };
}
