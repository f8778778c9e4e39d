import { runReport } from '../../analytics/engine/runReport';
import { watchEvents } from '../../analytics/live/watchEvents';
import { WaymarkError } from '../../shared/errors';
import { OpenSources } from './openSources';
import type { MethodTable } from './serveMethods';
import { testConnection } from './testConnection';
import { writeCsv } from './writeCsv';

const absent = (): Promise<never> =>
  Promise.reject(new WaymarkError('internal', 'This part of Waymark is not built in yet.'));

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
    explain: absent,
    async writeCsv({ workspace, file, ...request }, { signal, progress }) {
      const source = sources.of(workspace);
      const result = await runReport({ ...request, source, signal, onProgress: progress });
      return writeCsv(result, file, signal);
    },
    inspectEvents: absent,
    inspectProperties: absent,
    inspectQuality: absent,
    inspectIndexes: absent,
    inspectMapping: absent,
    suggestEvents: absent,
    suggestValues: absent,
    watchLive: ({ workspace, filters }, { signal, progress }) =>
      watchEvents({ source: sources.of(workspace), filters, signal, clock: Date.now, onBatch: progress }),
  };
}
