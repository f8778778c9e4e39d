import type { IncomingMessage } from 'node:http';
import { readCountry } from '../enrich/clientInfo';
import type { Sender } from '../enrich/sender';
import type { Settings } from '../settings';

/**
 * What a request tells about the person whose events it carries. Only a browser's own request does: a customer's
 * server has an address, a user agent and a country of its own.
 */
export function readSender(
  request: IncomingMessage,
  settings: Pick<Settings, 'countryHeaders' | 'trustedProxies'>,
): Sender {
  const agent = request.headers['user-agent'] ?? '';
  if (!agent.startsWith('Mozilla/') && request.headers.origin === undefined) return {};
  const sender: { agent?: string; ip?: string; country?: string } = {};
  if (agent !== '') sender.agent = agent;
  const ip = clientAddress(request, settings.trustedProxies);
  if (ip !== undefined) sender.ip = ip;
  for (const name of settings.countryHeaders) {
    const country = readCountry(request.headers[name]);
    if (country !== undefined) {
      sender.country = country;
      break;
    }
  }
  return sender;
}

/** The address that a request came from: the connection's, or what the outermost trusted proxy says of it. */
export function clientAddress(
  { socket, headers }: Pick<IncomingMessage, 'socket' | 'headers'>,
  trustedProxies: number,
): string | undefined {
  if (trustedProxies === 0) return socket.remoteAddress;
  const forwarded = headers['x-forwarded-for'];
  const text = typeof forwarded === 'string' ? forwarded : (forwarded ?? []).join(',');
  const hops = text.split(',').flatMap((part) => part.trim() || []);
  return [...hops, socket.remoteAddress].at(-1 - Math.min(trustedProxies, hops.length));
}
