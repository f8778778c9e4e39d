import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Base, BaseOptions } from '@platformatic/kafka';
import { SettingsError } from '../settings';
import type { KafkaSettings } from './kafkaSettings';

/** Answers of a broker, joining a group included, come within this time or not at all. */
export const REQUEST_TIMEOUT_MS = 30_000;

/**
 * What every client of the brokers is opened with. Nothing is tried again inside the client: whoever uses it
 * knows better for how long, and begins with a new connection when it has to.
 *
 * @throws SettingsError for a certificate that cannot be read
 */
export function clientOptions({ brokers, tls, sasl }: KafkaSettings): BaseOptions {
  return {
    clientId: 'waymark-collector',
    bootstrapBrokers: [...brokers],
    retries: 0,
    connectTimeout: 5_000,
    requestTimeout: REQUEST_TIMEOUT_MS,
    ...(tls === null
      ? {}
      : {
          tls: {
            ...certificate('ca', 'WAYMARK_KAFKA_TLS_CA_FILE', tls.caFile),
            ...certificate('cert', 'WAYMARK_KAFKA_TLS_CERT_FILE', tls.certFile),
            ...certificate('key', 'WAYMARK_KAFKA_TLS_KEY_FILE', tls.keyFile),
          },
        }),
    ...(sasl === null
      ? {}
      : {
          sasl:
            sasl.mechanism === 'OAUTHBEARER'
              ? {
                  mechanism: sasl.mechanism,
                  token: async () => (await readFile(sasl.tokenFile, 'utf8')).trim(),
                }
              : { mechanism: sasl.mechanism, username: sasl.username, password: sasl.password },
        }),
  };
}

function certificate(option: 'ca' | 'cert' | 'key', setting: string, file: string | null) {
  if (file === null) return {};
  try {
    return { [option]: readFileSync(file) };
  } catch {
    throw new SettingsError(`${setting}: the file cannot be read`);
  }
}

/**
 * Makes a client answer with an error where it would throw outside of any promise: when it asks for a connection
 * to a broker that has left the cluster meanwhile, as the group's coordinator may.
 */
export function guardClient<T extends Pick<Base, 'connections'>>(client: T): T {
  const pool = client.connections;
  const get = pool.get.bind(pool);
  const guarded = (broker: unknown, callback: (error: Error) => void): unknown => {
    if (broker === undefined) {
      callback(new BrokerGoneError('the broker is no longer part of the cluster'));
      return undefined;
    }
    return Reflect.apply(get, pool, [broker, callback]);
  };
  Object.defineProperty(pool, 'get', { value: guarded });
  return client;
}

/** A broker that a client still knew is not among those of the cluster any more. */
class BrokerGoneError extends Error {
  readonly code = 'BROKER_GONE';
}

/** Closes a client, but does not wait for brokers that do not answer. */
export async function closeClient(client: { close(force?: boolean): Promise<void> }): Promise<void> {
  const closed = client.close(true).catch(() => undefined);
  await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 2_000).unref())]);
}
