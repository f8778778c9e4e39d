import type { Connection, ConnectionDraft, ConnectionSecret } from '../../../shared/ipc/connections';
import type { Mapping } from '../../../shared/model/mapping';
import { CONNECTIONS } from '../../text/connections';

/** The form's fields; texts, so that anything can be typed. */
export interface ConnectionForm {
  readonly name: string;
  readonly address: string;
  readonly database: string;
  readonly method: 'none' | 'password' | 'x509';
  readonly username: string;
  readonly authSource: string;
  readonly password: string;
  readonly tls: boolean;
  readonly caFile: string;
  readonly certificateKeyFile: string;
  readonly certificateKeyPassword: string;
  /** Name of a preset, `own` for `ownMapping`, or nothing: guessed. */
  readonly mapping: string;
  readonly ownMapping: Mapping | null;
  readonly readOnly: boolean;
}

export const EMPTY_FORM: ConnectionForm = {
  name: '',
  address: '',
  database: '',
  method: 'none',
  username: '',
  authSource: '',
  password: '',
  tls: false,
  caFile: '',
  certificateKeyFile: '',
  certificateKeyPassword: '',
  mapping: '',
  ownMapping: null,
  readOnly: false,
};

/** The choice in the form for a mapping of its own. */
export const OWN_MAPPING = 'own';

const mappingFields = (mapping: Connection['mapping']): Pick<ConnectionForm, 'mapping' | 'ownMapping'> =>
  typeof mapping === 'object'
    ? { mapping: OWN_MAPPING, ownMapping: mapping }
    : { mapping: mapping ?? '', ownMapping: null };

/** The form of a stored connection; secrets never come back, so their fields are empty. */
export function formOf(connection: Connection): ConnectionForm {
  const { login, tls } = connection;
  return {
    ...EMPTY_FORM,
    name: connection.name,
    address: connection.address,
    database: connection.database ?? '',
    method: login.method,
    username: login.method === 'none' ? '' : (login.username ?? ''),
    authSource: login.method === 'password' ? (login.authSource ?? '') : '',
    tls: tls?.enabled ?? false,
    caFile: tls?.caFile ?? '',
    certificateKeyFile: tls?.certificateKeyFile ?? '',
    ...mappingFields(connection.mapping),
    readOnly: connection.readOnly,
  };
}

/**
 * The host of an address that may hold a password. Without a regular expression: the engine keeps the last text that
 * one was matched against.
 */
function hostOf(address: string): string {
  const begin = address.indexOf('://');
  const rest = begin < 0 ? address : address.slice(begin + 3);
  const end = [...rest].findIndex((character) => character === '/' || character === '?');
  const authority = end < 0 ? rest : rest.slice(0, end);
  return authority.slice(authority.lastIndexOf('@') + 1);
}

/** Whether the files of TLS count: a certificate that logs in is shown in TLS and nowhere else. */
export const usesTls = (form: ConnectionForm): boolean => form.tls || form.method === 'x509';

/** The draft that a form makes; a name is taken from the address when there is none. */
export function draftOf(form: ConnectionForm): ConnectionDraft {
  const address = form.address.trim();
  return {
    name: form.name.trim() || hostOf(address) || CONNECTIONS.fallbackName,
    address,
    readOnly: form.readOnly,
    login:
      form.method === 'none'
        ? { method: 'none' }
        : form.method === 'password'
          ? {
              method: 'password',
              username: form.username,
              ...(form.authSource.trim() === '' ? {} : { authSource: form.authSource.trim() }),
            }
          : { method: 'x509', ...(form.username === '' ? {} : { username: form.username }) },
    ...(form.database.trim() === '' ? {} : { database: form.database.trim() }),
    ...(form.mapping === OWN_MAPPING
      ? form.ownMapping === null
        ? {}
        : { mapping: form.ownMapping }
      : form.mapping === ''
        ? {}
        : { mapping: form.mapping }),
    ...(usesTls(form)
      ? {
          tls: {
            enabled: true,
            ...(form.caFile === '' ? {} : { caFile: form.caFile }),
            ...(form.certificateKeyFile === '' ? {} : { certificateKeyFile: form.certificateKeyFile }),
          },
        }
      : {}),
  };
}

/** The secret typed; undefined keeps the stored one. */
export function secretOf(form: ConnectionForm): ConnectionSecret | undefined {
  const secret = {
    ...(form.password === '' ? {} : { password: form.password }),
    ...(form.certificateKeyPassword === '' ? {} : { certificateKeyPassword: form.certificateKeyPassword }),
  };
  return Object.keys(secret).length === 0 ? undefined : secret;
}
