import { createHash, randomUUID } from 'node:crypto';
import { WaymarkError } from '../../shared/errors';
import {
  composeConnectionString,
  databaseOf,
  separateSecrets,
  showAddress,
} from '../../shared/connections/address';
import type { ConnectionsFile, SavedConnection } from '../../shared/connections/connectionsFile';
import {
  connectionDraftSchema,
  type Connection,
  type ConnectionDraft,
  type ConnectionList,
  type ConnectionMapping,
  type ConnectionSecret,
} from '../../shared/ipc/connections';
import type { OpenParameters } from '../analytics/protocol';
import type { JsonFile } from '../storage/jsonFile';
import type { SecretStore } from './secretStore';

export interface ConnectionStore {
  list(): Promise<ConnectionList>;
  get(id: string): Promise<Connection>;
  add(draft: ConnectionDraft, secret: ConnectionSecret | undefined): Promise<Connection>;
  update(id: string, draft: ConnectionDraft, secret: ConnectionSecret | undefined): Promise<Connection>;
  duplicate(id: string): Promise<Connection>;
  /** Keeps a mapping with a connection, also with one of this session; null leaves it to be guessed. */
  setMapping(id: string, mapping: ConnectionMapping | null): Promise<Connection>;
  remove(id: string): Promise<void>;
  /** Brings back what `remove` deleted since the start of the app, with its secret. */
  restore(id: string): Promise<Connection>;
  markOpened(id: string, at: Date): Promise<void>;
  /** A connection of the command line: listed, not stored, its secret in memory only. */
  addFromCommandLine(uri: string, database: string | undefined): Promise<Connection>;
  /** What the driver needs for a stored connection. */
  openParameters(id: string): Promise<OpenParameters>;
  /** What the driver needs for a draft; a secret not given is the stored one of `id`. */
  draftParameters(
    draft: ConnectionDraft,
    secret: ConnectionSecret | undefined,
    id: string | undefined,
  ): Promise<OpenParameters>;
}

interface Entry extends SavedConnection {
  readonly kind: Connection['kind'];
}

const unknown = (): WaymarkError =>
  new WaymarkError('badInput', 'This connection is no longer there.', { path: 'id' });

const parametersOf = (draft: ConnectionDraft, secret: ConnectionSecret | undefined): OpenParameters => ({
  uri: composeConnectionString(draft, secret),
  database: databaseOf(draft),
  mapping: draft.mapping,
});

/** The sample shop that comes with the app: always listed, never stored. */
const SAMPLE: Entry = {
  id: 'sample-shop',
  kind: 'sample',
  inKeychain: false,
  draft: {
    name: 'Sample shop',
    address: 'bundled',
    login: { method: 'none' },
    readOnly: true,
  },
};
const SAMPLE_PARAMETERS: OpenParameters = {
  uri: '',
  database: 'Sample shop',
  mapping: undefined,
  sample: true,
};

const isFixed = (): WaymarkError =>
  new WaymarkError('badInput', 'The sample shop comes with Waymark and stays as it is.', { path: 'id' });

/** Saved connections (in a file without secrets) and those of this session, with the secrets beside them. */
export function createConnectionStore(options: {
  file: JsonFile<ConnectionsFile>;
  secrets: SecretStore;
  onChange: (list: ConnectionList) => void;
}): ConnectionStore {
  const { file, secrets, onChange } = options;
  const transient = new Map<string, Entry>();
  const removed = new Map<string, { entry: SavedConnection; secret: ConnectionSecret | undefined }>();

  async function entries(): Promise<Entry[]> {
    const { connections } = await file.read();
    return [
      ...transient.values(),
      ...connections.map((saved) => ({ ...saved, kind: 'saved' as const })),
      SAMPLE,
    ];
  }

  async function entry(id: string): Promise<Entry> {
    const found = (await entries()).find((candidate) => candidate.id === id);
    if (!found) throw unknown();
    return found;
  }

  function show({ id, draft, kind, inKeychain, lastOpenedAt }: Entry): Connection {
    return {
      ...draft,
      id,
      kind,
      shownAddress: kind === 'sample' ? 'sample data, no server' : showAddress(draft.address),
      secret: inKeychain ? 'keychain' : secrets.isInSession(id) ? 'session' : 'none',
      ...(lastOpenedAt === undefined ? {} : { lastOpenedAt }),
    };
  }

  async function list(): Promise<ConnectionList> {
    return { connections: (await entries()).map(show), keychain: await secrets.availability() };
  }

  async function change(step: (saved: readonly SavedConnection[]) => SavedConnection[]): Promise<void> {
    await file.update((content) => ({ ...content, connections: step(content.connections) }));
    onChange(await list());
  }

  async function add(draft: ConnectionDraft, secret: ConnectionSecret | undefined): Promise<Connection> {
    const parted = separateSecrets(draft, secret);
    const id = randomUUID();
    const place = parted.secret ? await secrets.keep(id, parted.secret) : 'none';
    const saved: SavedConnection = { id, draft: parted.draft, inKeychain: place === 'keychain' };
    await change((all) => [...all, saved]);
    return show({ ...saved, kind: 'saved' });
  }

  /** The stored secret, or the sentence that asks for it again. */
  async function secretFor(id: string, draft: ConnectionDraft): Promise<ConnectionSecret | undefined> {
    const secret = await secrets.find(id);
    if (secret || draft.login.method !== 'password') return secret;
    throw new WaymarkError(
      'loginRefused',
      `The password of "${draft.name}" is not stored. Edit the connection and enter it again.`,
      { path: 'secret.password' },
    );
  }

  return {
    list,
    get: async (id) => show(await entry(id)),
    add,
    async update(id, draft, secret) {
      const old = await entry(id);
      if (old.kind === 'sample') throw isFixed();
      if (old.kind !== 'saved') {
        throw new WaymarkError(
          'badInput',
          'A connection from the command line is not stored; duplicate it first.',
        );
      }
      const parted = separateSecrets(draft, secret);
      const place = parted.secret ? await secrets.keep(id, parted.secret) : undefined;
      const next: SavedConnection = {
        id,
        draft: parted.draft,
        inKeychain: place === undefined ? old.inKeychain : place === 'keychain',
        ...(old.lastOpenedAt === undefined ? {} : { lastOpenedAt: old.lastOpenedAt }),
      };
      await change((all) => all.map((saved) => (saved.id === id ? next : saved)));
      return show({ ...next, kind: 'saved' });
    },
    async setMapping(id, mapping) {
      const { draft, ...old } = await entry(id);
      if (old.kind === 'sample') throw isFixed();
      const next = { ...old, draft: { ...draft, mapping: mapping ?? undefined } };
      if (transient.has(id)) {
        transient.set(id, next);
        onChange(await list());
      } else {
        await change((all) =>
          all.map((saved) => (saved.id === id ? { ...saved, draft: next.draft } : saved)),
        );
      }
      return show(next);
    },
    async duplicate(id) {
      const { draft, kind } = await entry(id);
      if (kind === 'sample') throw isFixed();
      return add({ ...draft, name: `${draft.name.slice(0, 110)} (copy)` }, await secrets.find(id));
    },
    async remove(id) {
      const found = await entry(id);
      if (found.kind === 'sample') throw isFixed();
      if (found.kind !== 'saved') {
        throw new WaymarkError('badInput', 'A connection from the command line goes when Waymark quits.');
      }
      removed.set(id, { entry: found, secret: await secrets.find(id) });
      await secrets.forget(id);
      await change((all) => all.filter((other) => other.id !== id));
    },
    async restore(id) {
      const back = removed.get(id);
      if (!back) throw unknown();
      const place = back.secret ? await secrets.keep(id, back.secret) : 'none';
      const saved: SavedConnection = { ...back.entry, inKeychain: place === 'keychain' };
      removed.delete(id);
      await change((all) => [...all, saved]);
      return show({ ...saved, kind: 'saved' });
    },
    async markOpened(id, at) {
      if (transient.has(id) || id === SAMPLE.id) return;
      await change((all) =>
        all.map((saved) => (saved.id === id ? { ...saved, lastOpenedAt: at.toISOString() } : saved)),
      );
    },
    async addFromCommandLine(uri, database) {
      const draft = connectionDraftSchema.parse({
        name: 'Command line',
        address: uri,
        ...(database === undefined ? {} : { database }),
      });
      const parted = separateSecrets(draft, undefined);
      // The same address gives the same id, so that its dashboards are found again.
      const id = createHash('sha256')
        .update(`${parted.draft.address} ${databaseOf(parted.draft)}`)
        .digest('hex')
        .slice(0, 32);
      const name = `${databaseOf(parted.draft)} on ${showAddress(parted.draft.address)}`.slice(0, 120);
      const made: Entry = { id, draft: { ...parted.draft, name }, inKeychain: false, kind: 'commandLine' };
      transient.set(id, made);
      if (parted.secret) secrets.keepForSession(id, parted.secret);
      onChange(await list());
      return show(made);
    },
    async openParameters(id) {
      if (id === SAMPLE.id) return SAMPLE_PARAMETERS;
      const { draft } = await entry(id);
      return parametersOf(draft, await secretFor(id, draft));
    },
    async draftParameters(draft, secret, id) {
      const parted = separateSecrets(draft, secret);
      const stored = id === undefined || parted.secret ? undefined : await secrets.find(id);
      return parametersOf(parted.draft, parted.secret ?? stored);
    },
  };
}
