import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Settings, SettingsError } from './settings';

/** A running collector or drain. */
export interface Running {
  /** The address it listens at. */
  readonly url: string;
  /** Stops orderly, with everything under way stored or kept for the next process; within ten seconds. */
  stop(): Promise<void>;
}

const STOP_REQUESTS_MS = 2_000;

/**
 * Listens at the address of the settings and returns it as a URL.
 *
 * @throws SettingsError when the address cannot be had
 */
export function listen(server: Server, { host, port }: Pick<Settings, 'host' | 'port'>): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      const code = 'code' in error ? String(error.code) : 'unknown';
      reject(new SettingsError(`HOST, PORT: cannot listen at ${host}:${port} (${code})`));
    });
    server.listen({ port, host, backlog: 1_024 }, () => {
      const { port: actual } = server.address() as AddressInfo;
      resolve(`http://${host.includes(':') ? `[${host}]` : host}:${actual}`);
    });
  });
}

/** Lets requests under way finish, closes idle connections at once and the others after a while. */
export async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => {
    server.closeAllConnections();
  }, STOP_REQUESTS_MS);
  await closed;
  clearTimeout(timer);
}
