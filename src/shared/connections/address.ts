import { WaymarkError } from '../errors';
import type { ConnectionDraft, ConnectionSecret } from '../ipc/connections';
import { DEFAULT_DATABASE } from '../model/collections';

/** A MongoDB address taken apart. Nothing in it is percent-encoded except the query, which stays as written. */
export interface AddressParts {
  readonly scheme: 'mongodb' | 'mongodb+srv';
  /** `host:port`, several separated by commas. */
  readonly hosts: string;
  readonly username?: string;
  readonly password?: string;
  readonly database?: string;
  readonly query: URLSearchParams;
}

const ADDRESS = /^(mongodb(?:\+srv)?):\/\/(?:(.*)@)?([^@/?]+)(?:\/([^?]*))?(?:\?(.*))?$/s;
/** Host names, IPv4, bracketed IPv6 and encoded socket paths, each with an optional port. */
const HOST = /^(?:[A-Za-z0-9._%-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;

const refuse = (message: string): never => {
  throw new WaymarkError('badInput', message, { path: 'address' });
};

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * Takes an address apart: `mongodb://…`, `mongodb+srv://…` or plain `host:port`.
 * @throws WaymarkError `badInput` with a sentence that never repeats the address, which may hold a password
 */
export function parseAddress(address: string): AddressParts {
  const text = address.trim();
  const match = ADDRESS.exec(/^[a-z+]+:\/\//i.test(text) ? text : `mongodb://${text}`);
  if (!match) {
    return refuse('The address is not one of MongoDB: allowed is mongodb://…, mongodb+srv://… or host:port.');
  }
  const [, scheme, login, hosts = '', database, query] = match;
  if (!hosts.split(',').every((host) => HOST.test(host))) {
    return refuse('The address names no valid host; allowed is host:port, several separated by commas.');
  }
  if (scheme === 'mongodb+srv' && (hosts.includes(',') || hosts.includes(':'))) {
    return refuse('A mongodb+srv:// address names exactly one host and no port.');
  }
  const colon = login?.indexOf(':') ?? -1;
  return {
    scheme: scheme as AddressParts['scheme'],
    hosts,
    ...(login === undefined || login === ''
      ? {}
      : { username: decode(colon < 0 ? login : login.slice(0, colon)) }),
    ...(colon < 0 || login === undefined ? {} : { password: decode(login.slice(colon + 1)) }),
    ...(database === undefined || database === '' ? {} : { database: decode(database) }),
    query: new URLSearchParams(query ?? ''),
  };
}

/** Query options that carry a secret and so never stay in a stored address. */
const SECRET_OPTIONS = ['tlsCertificateKeyFilePassword', 'sslPass', 'proxyPassword'];

/** The address without user, password and options, for showing to a person. */
export function showAddress(address: string): string {
  try {
    const { scheme, hosts } = parseAddress(address);
    return scheme === 'mongodb' ? hosts : `${scheme}://${hosts}`;
  } catch {
    return 'invalid address';
  }
}

/** Parts to text again, without user and password. */
function writeAddress({ scheme, hosts, database, query }: AddressParts): string {
  const options = query.toString();
  const path = database === undefined ? '' : encodeURIComponent(database);
  return `${scheme}://${hosts}${path || options ? `/${path}` : ''}${options ? `?${options}` : ''}`;
}

/**
 * Takes every secret out of a draft: what a person pasted into the address (user, password, key passphrase)
 * moves to the login and to the secret, so that the draft may be stored and shown.
 */
export function separateSecrets(
  draft: ConnectionDraft,
  secret: ConnectionSecret | undefined,
): { draft: ConnectionDraft; secret: ConnectionSecret | undefined } {
  const parts = parseAddress(draft.address);
  const query = new URLSearchParams(parts.query);
  if (query.has('authMechanismProperties')) {
    refuse('The address may not hold authMechanismProperties, which can contain a token; remove it.');
  }
  const found: ConnectionSecret = { ...secret };
  if (parts.password !== undefined && found.password === undefined) found.password = parts.password;
  for (const option of SECRET_OPTIONS) {
    const value = query.get(option);
    if (value !== null && found.certificateKeyPassword === undefined && option !== 'proxyPassword') {
      found.certificateKeyPassword = value;
    }
    query.delete(option);
  }
  const login =
    draft.login.method === 'none' && parts.username !== undefined
      ? ({ method: 'password', username: parts.username } as const)
      : draft.login;
  return {
    draft: { ...draft, address: writeAddress({ ...parts, query }), login },
    secret: Object.keys(found).length > 0 ? found : secret,
  };
}

/** The database a connection opens when none is asked for. */
export function databaseOf(draft: Pick<ConnectionDraft, 'address' | 'database'>): string {
  return draft.database ?? parseAddress(draft.address).database ?? DEFAULT_DATABASE;
}

/**
 * The connection string the driver gets: address, login, TLS and secrets in one. It is a secret itself:
 * never to be logged, shown, stored or sent to a window.
 */
export function composeConnectionString(draft: ConnectionDraft, secret: ConnectionSecret = {}): string {
  const { scheme, hosts, database, query: given } = parseAddress(draft.address);
  const query = new URLSearchParams(given);
  const { login, tls } = draft;
  let user = '';
  if (login.method === 'password') {
    user = `${encodeURIComponent(login.username)}:${encodeURIComponent(secret.password ?? '')}@`;
    if (login.authSource !== undefined) query.set('authSource', login.authSource);
    else if (!query.has('authSource'))
      query.set('authSource', login.mechanism === 'PLAIN' ? '$external' : 'admin');
    if (login.mechanism !== undefined) query.set('authMechanism', login.mechanism);
  }
  if (login.method === 'x509') {
    if (login.username !== undefined) user = `${encodeURIComponent(login.username)}@`;
    query.set('authMechanism', 'MONGODB-X509');
    query.set('authSource', '$external');
  }
  if (tls) {
    query.set('tls', String(tls.enabled));
    if (tls.enabled) {
      if (tls.caFile !== undefined) query.set('tlsCAFile', tls.caFile);
      if (tls.certificateKeyFile !== undefined) query.set('tlsCertificateKeyFile', tls.certificateKeyFile);
      if (tls.allowInvalidHostnames) query.set('tlsAllowInvalidHostnames', 'true');
      if (secret.certificateKeyPassword) {
        query.set('tlsCertificateKeyFilePassword', secret.certificateKeyPassword);
      }
    }
  }
  const path = database === undefined ? '' : encodeURIComponent(database);
  const options = query.toString().replaceAll('+', '%20');
  return `${scheme}://${user}${hosts}/${path}${options ? `?${options}` : ''}`;
}
