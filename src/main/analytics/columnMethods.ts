import { parsePropertyColumn } from '../../analytics/columns/format/block';
import { describeColumns } from '../../analytics/columns/live/describeColumns';
import { NoColumns } from '../../analytics/columns/live/noColumns';
import { buildColumns, clearColumns, verifyColumns } from '../../analytics/columns/manage/manageColumns';
import { createClient } from '../../analytics/source/openSource';
import type { Source } from '../../analytics/source/source';
import { WaymarkError } from '../../shared/errors';
import type { ColumnsReport } from '../../shared/ipc/columns';
import type { RunProgress } from '../../shared/ipc/reports';
import type { OpenWorkspaces } from './openWorkspaces';
import type { MethodTable } from './serveMethods';

type ColumnMethods = Pick<MethodTable, 'columnsStatus' | 'columnsBuild' | 'columnsVerify' | 'columnsClear'>;

async function describe(source: Source | undefined, signal: AbortSignal): Promise<ColumnsReport> {
  if (!source)
    return { status: null, reason: 'The sample shop is columns and nothing else; it stays as it is.' };
  try {
    return { status: await describeColumns(source, { signal }), reason: null };
  } catch (error) {
    if (error instanceof NoColumns) return { status: null, reason: error.message };
    throw error;
  }
}

/** Building, checking and clearing columns with a client that may write, which lives for one call. */
export function createColumnMethods(workspaces: OpenWorkspaces): ColumnMethods {
  async function withWriter<T>(
    workspace: string,
    work: (columns: { source: Source; client: ReturnType<typeof createClient> }) => Promise<T>,
  ): Promise<T> {
    const source = workspaces.sourceOf(workspace);
    const client = createClient(workspaces.uriOf(workspace), 'write');
    try {
      return await work({ source, client });
    } finally {
      await client.close().catch(() => undefined);
    }
  }
  const tell =
    (progress: (progress: RunProgress) => void, phase: string) =>
    (done: number): void =>
      progress({ phase, done });

  return {
    columnsStatus: ({ workspace }, { signal }) => describe(workspaces.of(workspace).source, signal),
    columnsBuild: ({ workspace, declare }, { signal, progress }) => {
      const declared = declare.map((spec) => {
        const column = parsePropertyColumn(spec);
        if (column) return column;
        throw new WaymarkError(
          'badInput',
          `"${spec}" declares no property: allowed is properties.NAME:number, :text or :boolean.`,
        );
      });
      return withWriter(workspace, (columns) =>
        buildColumns({ ...columns, declared, signal, onProgress: tell(progress, 'Building columns') }),
      );
    },
    columnsVerify: ({ workspace }, { signal, progress }) =>
      withWriter(workspace, (columns) =>
        verifyColumns({ ...columns, signal, onProgress: tell(progress, 'Counting again') }),
      ),
    columnsClear: async ({ workspace }, { signal }) => {
      await withWriter(workspace, (columns) => clearColumns({ ...columns, signal }));
      return null;
    },
  };
}
