import {
  MongoAPIError,
  MongoError,
  MongoNetworkError,
  MongoParseError,
  MongoServerError,
  MongoServerSelectionError,
} from 'mongodb';
import { WaymarkError } from '../../shared/errors';

/** What was being done, for the sentences; never holds a credential. */
export interface DriverErrorContext {
  /** `host:port, host:port` without user or password. */
  readonly hosts: string;
  readonly database?: string | undefined;
  readonly collection?: string | undefined;
  readonly maxTimeMs?: number | undefined;
  readonly isCancelled?: boolean | undefined;
}

const AUTHENTICATION_FAILED = 18;
const ATLAS_ERROR = 8000;
const UNAUTHORIZED = 13;
const MAX_TIME_MS_EXPIRED = 50;
const MEMORY_CODES = new Set([146, 292]);
const TOO_LARGE_CODES = new Set([10334, 17260, 17419, 17420]);
const INTERRUPTED_CODES = new Set([11601, 237, 43, 11600, 91]);

/** All messages of an error and its causes, lower case: only searched, never shown. */
function wholeText(error: unknown, depth = 0): string {
  if (!(error instanceof Error) || depth > 5) return '';
  const own = `${error.name} ${error.message} ${'code' in error ? String(error.code) : ''}`;
  const reason =
    error instanceof MongoServerSelectionError
      ? [...(error.reason?.servers.values() ?? [])].map((server) => wholeText(server.error, depth + 1))
      : [];
  return [own, ...reason, wholeText(error.cause, depth + 1)].join(' ').toLowerCase();
}

function explainUnreachable(error: unknown, hosts: string): string {
  const text = wholeText(error);
  if (text.includes('econnrefused')) {
    return `Nothing answers at ${hosts}: the connection was refused. Check that MongoDB is running there and that the port is right.`;
  }
  if (/enotfound|eai_again|enodata|esrv|querysrv|etimeout/.test(text)) {
    return `The host ${hosts} can't be found. Check its spelling and this machine's network.`;
  }
  if (/certificate|self.signed|tls|ssl|wrong version number/.test(text)) {
    return `No secure connection to ${hosts}: its certificate or TLS setting does not fit. Check the TLS options of the connection.`;
  }
  if (/replica set|setname|replicasetnoprimary/.test(text)) {
    return `${hosts} answers, but no member of its replica set can be read within 8 s. Check that the members are up and reachable by their names, or add directConnection=true.`;
  }
  return `No answer from MongoDB at ${hosts} within 8 s. Check host, port, firewall and (on Atlas) the IP access list; something other than MongoDB may be listening there.`;
}

/**
 * Turns whatever the driver throws into a sentence that says what to do. The driver's own message is never
 * shown for failures to connect or log in, since it may quote the connection string.
 */
export function explainDriverError(error: unknown, context: DriverErrorContext): WaymarkError {
  if (error instanceof WaymarkError) return error;
  if (context.isCancelled === true) return new WaymarkError('cancelled', 'The run was cancelled.');
  const where = context.database === undefined ? '' : ` of the database "${context.database}"`;
  const text = wholeText(error);
  const code = error instanceof MongoServerError && typeof error.code === 'number' ? error.code : undefined;
  if (code === AUTHENTICATION_FAILED || code === ATLAS_ERROR || /authentication failed|bad auth/.test(text)) {
    return new WaymarkError(
      'loginRefused',
      `${context.hosts} refused the login. Check user name, password and authSource.`,
      { cause: error },
    );
  }
  if (code === UNAUTHORIZED) {
    if (/requires authentication/.test(text)) {
      return new WaymarkError(
        'loginRefused',
        `${context.hosts} asks for a login. Add a user name and password to the connection.`,
        { cause: error },
      );
    }
    return new WaymarkError(
      'noRight',
      `No right to read ${context.collection === undefined ? 'the collections' : `"${context.collection}"`}${where}. Ask for the role "read" on that database.`,
      { cause: error },
    );
  }
  if (code === MAX_TIME_MS_EXPIRED) {
    const seconds = context.maxTimeMs === undefined ? '' : ` of ${Math.round(context.maxTimeMs / 1000)} s`;
    return new WaymarkError(
      'timeLimit',
      `The time limit${seconds} was reached. Choose a shorter range, add a filter, create the advised indexes or raise the limit.`,
      { cause: error },
    );
  }
  if (code !== undefined && (MEMORY_CODES.has(code) || TOO_LARGE_CODES.has(code))) {
    return new WaymarkError(
      'memoryLimit',
      'The server may not use enough memory for this report. Choose a shorter range or add a filter.',
      { cause: error },
    );
  }
  if (code !== undefined && INTERRUPTED_CODES.has(code)) {
    return new WaymarkError('cancelled', 'The operation was ended on the server.', { cause: error });
  }
  if (error instanceof MongoServerSelectionError) {
    return new WaymarkError('unreachable', explainUnreachable(error, context.hosts), { cause: error });
  }
  if (error instanceof MongoNetworkError || /pool.*cleared|not connected|topology.*closed/.test(text)) {
    return new WaymarkError(
      'connectionLost',
      `The connection to ${context.hosts} was lost. Check that the server is up, then run again.`,
      { cause: error },
    );
  }
  if (error instanceof MongoParseError || error instanceof MongoAPIError) {
    return new WaymarkError('internal', 'The driver refused a call. This is a fault of Waymark.', {
      cause: error,
    });
  }
  if (error instanceof MongoError) {
    return new WaymarkError(
      'internal',
      `MongoDB could not answer${code === undefined ? '' : ` (error ${code})`}: ${error.message}`,
      { cause: error },
    );
  }
  if (
    error instanceof Error &&
    /^(enotfound|eai_again|querysrv|enodata)/i.test(String('code' in error ? error.code : ''))
  ) {
    return new WaymarkError('unreachable', explainUnreachable(error, context.hosts), { cause: error });
  }
  return new WaymarkError('internal', error instanceof Error ? error.message : 'Unknown failure.', {
    cause: error,
  });
}

/** Sentence for a connection string that can't be read; says nothing of its content. */
export function explainBadUri(error: unknown): WaymarkError {
  const text = wholeText(error);
  const hint = /unescaped|percent|uri malformed/.test(text)
    ? 'Characters like @ : / % in a user name or password must be percent-encoded.'
    : /scheme/.test(text)
      ? 'It must begin with mongodb:// or mongodb+srv://.'
      : 'Allowed is mongodb://host:port/?options or mongodb+srv://host/?options.';
  return new WaymarkError('badInput', `The connection string can't be read. ${hint}`, { path: 'uri' });
}
