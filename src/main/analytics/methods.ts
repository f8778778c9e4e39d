import { runReport } from '../../analytics/engine/runReport';
import { catalogueEvents } from '../../analytics/inspect/events';
import { adviseIndexes } from '../../analytics/inspect/indexes';
import { describeGuess, describeMapping } from '../../analytics/inspect/mapping';
import { catalogueProperties } from '../../analytics/inspect/properties';
import { findQualityIssues } from '../../analytics/inspect/quality';
import { suggestEvents, suggestValues } from '../../analytics/inspect/suggest';
import { watchEvents } from '../../analytics/live/watchEvents';
import { explainForLens } from './explanation';
import { OpenSources } from './openSources';
import type { MethodTable } from './serveMethods';
import { testConnection } from './testConnection';
import { writeCsv } from './writeCsv';

/** Everything the analytics process can be asked to do. */
export function createMethods(): MethodTable {
  const sources = new OpenSources();
  return {
    async open({ workspace, ...parameters }, { signal }) {
      const source = await sources.open(workspace, parameters, signal);
      return {
        database: source.database,
        serverVersion: source.serverVersion,
        mapping: source.mapping.name,
      };
    },
    async close({ workspace }) {
      await sources.close(workspace);
      return null;
    },
    test: (parameters, { signal }) => testConnection(parameters, signal),
    run: ({ workspace, ...request }, { signal, progress }) =>
      runReport({ ...request, source: sources.of(workspace), signal, onProgress: progress }),
    explain: ({ workspace, ...request }, { signal, progress }) =>
      explainForLens({ ...request, source: sources.of(workspace), signal, onProgress: progress }),
    async writeCsv({ workspace, file, ...request }, { signal, progress }) {
      const source = sources.of(workspace);
      const result = await runReport({ ...request, source, signal, onProgress: progress });
      return writeCsv(result, file, signal);
    },
    inspectEvents: ({ workspace, ...request }, { signal }) =>
      catalogueEvents({ ...request, source: sources.of(workspace), signal }),
    inspectProperties: ({ workspace, ...request }, { signal }) =>
      catalogueProperties({ ...request, source: sources.of(workspace), signal }),
    inspectQuality: ({ workspace, ...request }, { signal }) =>
      findQualityIssues({ ...request, source: sources.of(workspace), signal }),
    inspectIndexes: ({ workspace, ...request }, { signal }) =>
      adviseIndexes({ ...request, source: sources.of(workspace), signal }),
    inspectMapping: ({ workspace, now, guess, mapping }, { signal }) => {
      const source = sources.of(workspace);
      if (guess) return describeGuess({ source, now, signal });
      return describeMapping({ source: mapping ? source.withMapping(mapping) : source, now, signal });
    },
    suggestEvents: ({ workspace, ...request }, { signal }) =>
      suggestEvents({ ...request, source: sources.of(workspace), signal }),
    suggestValues: ({ workspace, ...request }, { signal }) =>
      suggestValues({ ...request, source: sources.of(workspace), signal }),
    watchLive: ({ workspace, filters }, { signal, progress }) =>
      watchEvents({ source: sources.of(workspace), filters, signal, clock: Date.now, onBatch: progress }),
  };
}
