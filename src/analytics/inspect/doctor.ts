import type { Document } from 'mongodb';
import { WaymarkError } from '../../shared/errors';
import { COLLECTIONS } from '../../shared/model/collections';
import { DAY_MS } from '../../shared/time/units';
import { eventRowsPipeline } from '../io/eventRows';
import { allDocuments } from '../source/source';
import { adviseIndexes } from './indexes';
import { inspectOptions, isoOrNull, type InspectRequest } from './request';

/** One thing that was looked at. */
export interface DoctorCheck {
  readonly name: string;
  readonly state: 'good' | 'advice' | 'problem';
  /** What was found, as a sentence. */
  readonly text: string;
  /** What to do, when something is to be done. */
  readonly fix?: string;
}

/** The oldest server whose aggregations Waymark is written for. */
const OLDEST_SERVER = [6, 0] as const;
const CLOCK_TOLERANCE_MS = 5_000;
/** Events looked at to see whether the mapping fits. */
const LOOKED_AT = 1_000;
const FITTING_SHARE = 0.9;

const good = (name: string, text: string): DoctorCheck => ({ name, state: 'good', text });

function checkVersion({ source }: InspectRequest): DoctorCheck {
  const { serverVersion } = source;
  const [major = 0, minor = 0] = serverVersion.split('.').map(Number);
  const isOld = major < OLDEST_SERVER[0] || (major === OLDEST_SERVER[0] && minor < OLDEST_SERVER[1]);
  if (!isOld) return good('server', `MongoDB ${serverVersion} at ${source.hosts}.`);
  return {
    name: 'server',
    state: 'problem',
    text: `MongoDB ${serverVersion} at ${source.hosts} is older than ${OLDEST_SERVER.join('.')}; some reports will fail.`,
    fix: `Upgrade the server to ${OLDEST_SERVER.join('.')} or later.`,
  };
}

async function checkTopology(request: InspectRequest): Promise<DoctorCheck[]> {
  const startedAt = Date.now();
  const hello = await request.source.command({ hello: 1 }, inspectOptions(request, 'doctor'));
  const elapsedMs = Date.now() - startedAt;
  const kind =
    hello['msg'] === 'isdbgrid'
      ? 'sharded cluster'
      : hello['setName'] === undefined
        ? 'standalone'
        : 'replica set';
  const checks: DoctorCheck[] = [
    kind === 'standalone'
      ? {
          name: 'topology',
          state: 'advice',
          text: 'The server stands alone: no change streams (the live view polls) and no failover.',
          fix: 'Start it as a replica set of one: mongod --replSet rs0, then rs.initiate().',
        }
      : good('topology', `A ${kind}${kind === 'replica set' ? ` "${String(hello['setName'])}"` : ''}.`),
  ];
  const serverTime = hello['localTime'] as unknown;
  if (serverTime instanceof Date) {
    const ahead = serverTime.getTime() - (startedAt + elapsedMs / 2);
    checks.push(
      Math.abs(ahead) <= CLOCK_TOLERANCE_MS + elapsedMs
        ? good('clock', 'The clocks of the server and this machine agree.')
        : {
            name: 'clock',
            state: 'advice',
            text: `The server's clock is ${Math.round(Math.abs(ahead) / 1000)} s ${ahead > 0 ? 'ahead of' : 'behind'} this machine's; "last 24 hours" ends by this machine's clock.`,
            fix: 'Synchronise both clocks (NTP).',
          },
    );
  }
  return checks;
}

type Privilege = {
  resource?: { db?: string; collection?: string; anyResource?: boolean };
  actions?: string[];
};

async function checkRights(request: InspectRequest): Promise<DoctorCheck> {
  const { source } = request;
  const status = await source.command(
    { connectionStatus: 1, showPrivileges: true },
    inspectOptions(request, 'doctor'),
  );
  const info = (status['authInfo'] ?? {}) as {
    authenticatedUsers?: unknown[];
    authenticatedUserPrivileges?: Privilege[];
  };
  if ((info.authenticatedUsers ?? []).length === 0) {
    return {
      name: 'rights',
      state: 'advice',
      text: 'The server lets anybody in without a login.',
      fix: 'Fine on this machine alone; elsewhere start it with --auth and create a user with the role "read".',
    };
  }
  const reaches = ({ resource = {} }: Privilege, collection: string): boolean =>
    resource.anyResource === true ||
    ((resource.db === '' || resource.db === source.database) &&
      (resource.collection === '' || resource.collection === collection));
  const may = (action: string, collection: string): boolean =>
    (info.authenticatedUserPrivileges ?? []).some(
      (privilege) => reaches(privilege, collection) && (privilege.actions ?? []).includes(action),
    );
  const { events } = source.mapping;
  if (!may('find', events.collection)) {
    return {
      name: 'rights',
      state: 'problem',
      text: `This login may not read "${events.collection}" of "${source.database}".`,
      fix: `Grant it: db.grantRolesToUser("USER", [{ role: "read", db: "${source.database}" }]).`,
    };
  }
  const writes = may('insert', COLLECTIONS.columnBlocks);
  return good(
    'rights',
    writes
      ? 'The login may read the events and write column blocks.'
      : 'The login may read the events. It may not write: reports run, columns and indexes are for another login.',
  );
}

async function checkEvents(request: InspectRequest): Promise<DoctorCheck[]> {
  const { source } = request;
  const { mapping } = source;
  const options = inspectOptions(request, 'doctor');
  const documents = await source.estimateCount(mapping.events.collection, options);
  if (documents === 0) {
    return [
      {
        name: 'events',
        state: 'problem',
        text: `"${mapping.events.collection}" in "${source.database}" is empty.`,
        fix: 'Send events to a collector that writes there, or load files with "waymark import".',
      },
    ];
  }
  const rows = await allDocuments(
    source.aggregate<Document>(
      mapping.events.collection,
      [{ $limit: LOOKED_AT }, ...eventRowsPipeline(mapping)],
      options,
    ),
  );
  const looked = Math.min(documents, LOOKED_AT);
  const share = mapping.events.unwind === undefined ? rows.length / looked : rows.length > 0 ? 1 : 0;
  const counted = `${documents} documents in "${mapping.events.collection}" of "${source.database}"`;
  if (share < FITTING_SHARE) {
    return [
      {
        name: 'mapping',
        state: 'problem',
        text: `${counted}, but only ${Math.round(share * 100)} % of those looked at have a user and a time where the mapping "${mapping.name}" reads them.`,
        fix: 'See "waymark inspect mapping", choose another with --mapping NAME, or write a mapping file.',
      },
    ];
  }
  const { path, as } = mapping.events.fields.timestamp;
  const checks = [good('mapping', `${counted} fit the mapping "${mapping.name}".`)];
  if (as !== 'date' || mapping.events.unwind !== undefined) return checks;
  const [newest] = await allDocuments(
    source.find<Document>(
      mapping.events.collection,
      { [path]: { $type: 'date' } },
      { ...options, sort: { [path]: -1 }, limit: 1, projection: { _id: 0, at: `$${path}` } },
    ),
  );
  const at: unknown = newest?.['at'];
  if (!(at instanceof Date)) return checks;
  const agoMs = request.now - at.getTime();
  checks.push(
    agoMs > DAY_MS
      ? {
          name: 'freshness',
          state: 'advice',
          text: `The newest event is from ${isoOrNull(at) ?? ''}; nothing came in the last 24 hours.`,
          fix: 'When events should be flowing, look at the collector: GET /readyz and /metrics.',
        }
      : good('freshness', `The newest event is from ${isoOrNull(at) ?? ''}.`),
  );
  return checks;
}

async function checkIndexes(request: InspectRequest): Promise<DoctorCheck> {
  const { indexes } = await adviseIndexes(request);
  const missing = indexes.filter(({ state }) => state === 'advised');
  if (missing.length === 0) return good('indexes', 'Every index that the reports ask for is there.');
  return {
    name: 'indexes',
    state: 'advice',
    text: `${missing.length === 1 ? 'An index is' : `${missing.length} indexes are`} missing; reports read more than they need to: ${missing.map(({ collection, key }) => `${collection} ${key}`).join(', ')}.`,
    fix: missing.map(({ command }) => command ?? '').join('\n'),
  };
}

async function checkColumns(request: InspectRequest): Promise<DoctorCheck> {
  const { source } = request;
  const has = await source.hasCollection(COLLECTIONS.columnBlocks);
  const blocks = has
    ? await source.estimateCount(COLLECTIONS.columnBlocks, inspectOptions(request, 'doctor'))
    : 0;
  return good(
    'columns',
    blocks === 0
      ? 'There are no column blocks; reports run as aggregations on the server.'
      : 'There are column blocks; "waymark columns status" tells how many, and how current they are.',
  );
}

/**
 * Looks at everything a report needs, one thing after the other; a failure of one does not hide the others.
 * @throws WaymarkError `cancelled`, `connectionLost`
 */
export async function diagnose(request: InspectRequest): Promise<DoctorCheck[]> {
  const steps: readonly (readonly [string, () => Promise<DoctorCheck | DoctorCheck[]>])[] = [
    ['server', () => Promise.resolve(checkVersion(request))],
    ['topology', () => checkTopology(request)],
    ['rights', () => checkRights(request)],
    ['events', () => checkEvents(request)],
    ['indexes', () => checkIndexes(request)],
    ['columns', () => checkColumns(request)],
  ];
  const checks: DoctorCheck[] = [];
  for (const [name, step] of steps) {
    try {
      checks.push(...[await step()].flat());
    } catch (error) {
      if (!(error instanceof WaymarkError) || error.code === 'cancelled' || error.code === 'connectionLost') {
        throw error;
      }
      const state = error.code === 'noRight' && name !== 'events' ? 'advice' : 'problem';
      checks.push({ name, state, text: `Not checked. ${error.message}` });
    }
  }
  return checks;
}
