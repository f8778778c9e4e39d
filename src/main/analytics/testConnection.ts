import { MAPPING_PRESETS } from '../../shared/model/presets';
import type { Source } from '../../analytics/source/source';
import type { ConnectionTest } from '../../shared/ipc/connections';
import type { MappingReport } from '../../shared/ipc/inspection';
import { openLooking } from './openSources';
import type { OpenParameters } from './protocol';

const MAX_COUNTED = 40;

interface Privilege {
  readonly resource?: { readonly db?: string; readonly collection?: string; readonly anyResource?: boolean };
  readonly actions?: readonly string[];
}

/** What a login may do in a database; a server without logins lets everybody do everything. */
async function findRights(source: Source, signal: AbortSignal): Promise<ConnectionTest['rights']> {
  const reply = await source.command({ connectionStatus: 1, showPrivileges: true }, { signal });
  const auth = (reply['authInfo'] ?? {}) as {
    authenticatedUsers?: readonly unknown[];
    authenticatedUserPrivileges?: readonly Privilege[];
  };
  if ((auth.authenticatedUsers ?? []).length === 0) return { read: true, write: true, changeStreams: true };
  const { collection } = source.mapping.events;
  const actions = new Set(
    (auth.authenticatedUserPrivileges ?? [])
      .filter(({ resource }) => {
        if (resource?.anyResource) return true;
        const inDatabase = resource?.db === source.database || resource?.db === '';
        return inDatabase && (resource?.collection === '' || resource?.collection === collection);
      })
      .flatMap((privilege) => privilege.actions ?? []),
  );
  return {
    read: actions.has('find'),
    write: actions.has('insert'),
    changeStreams: actions.has('changeStream'),
  };
}

async function findTopology(source: Source, signal: AbortSignal): Promise<ConnectionTest['topology']> {
  const hello = await source.command({ hello: 1 }, { signal });
  if (hello['msg'] === 'isdbgrid') return 'sharded';
  return typeof hello['setName'] === 'string' ? 'replicaSet' : 'standalone';
}

async function measureLatency(source: Source, signal: AbortSignal): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    const startedAt = process.hrtime.bigint();
    await source.command({ ping: 1 }, { signal });
    times.push(Number(process.hrtime.bigint() - startedAt) / 1e6);
  }
  return Math.min(...times);
}

/** Which mapping is in force or would be, and why; null when nothing looks like events. */
function describeChoice(
  parameters: OpenParameters,
  source: Source,
  guess: MappingReport | null,
): ConnectionTest['mapping'] {
  if (parameters.mapping !== undefined)
    return { name: source.mapping.name, reason: 'Chosen for this connection.', guessed: null };
  if (guess) {
    const isOwn = Object.prototype.hasOwnProperty.call(MAPPING_PRESETS, guess.name);
    return { name: guess.name, reason: guess.reason, guessed: isOwn ? null : guess };
  }
  const { collection } = source.mapping.events;
  return source.collections.has(collection)
    ? {
        name: source.mapping.name,
        reason: `"${collection}" is laid out as the collector writes it.`,
        guessed: null,
      }
    : null;
}

/**
 * Connects, looks around and disconnects again.
 * @throws WaymarkError with the sentence that says why there is no connection
 */
export async function testConnection(
  parameters: OpenParameters,
  signal: AbortSignal,
): Promise<ConnectionTest> {
  const { source, guess } = await openLooking(parameters, signal);
  try {
    const [latencyMs, rights, topology, databases] = [
      await measureLatency(source, signal),
      await findRights(source, signal),
      await findTopology(source, signal),
      await source.databases({ signal }).catch(() => []),
    ];
    const names = [...source.collections].sort();
    const collections = await Promise.all(
      names.map(async (name, index) => ({
        name,
        documents:
          index < MAX_COUNTED ? await source.estimateCount(name, { signal }).catch(() => null) : null,
      })),
    );
    const warnings: string[] = [];
    if (!rights.read) warnings.push(`The login may not read "${source.mapping.events.collection}".`);
    if (topology === 'standalone') {
      warnings.push('This server is not a replica set, so the Live view looks for new events every 2 s.');
    }
    return {
      serverVersion: source.serverVersion,
      topology,
      latencyMs: Math.round(latencyMs * 10) / 10,
      database: source.database,
      rights: { ...rights, changeStreams: rights.changeStreams && topology !== 'standalone' },
      collections,
      databases: databases.filter((name) => name !== source.database),
      mapping: describeChoice(parameters, source, guess),
      warnings,
    };
  } finally {
    await source.close().catch(() => undefined);
  }
}
