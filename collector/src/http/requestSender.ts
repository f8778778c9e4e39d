import type { Request } from 'express';
import { readCountry } from '../enrich/clientInfo';
import type { Sender } from '../enrich/sender';
import type { Settings } from '../settings';

/**
 * What a request tells about the person whose events it carries. Only a browser's own request does: a customer's
 * server has an address, a user agent and a country of its own.
 */
export function readSender(request: Request, settings: Pick<Settings, 'countryHeaders'>): Sender {
  const agent = request.headers['user-agent'] ?? '';
  if (!agent.startsWith('Mozilla/') && request.headers.origin === undefined) return {};
  const sender: { agent?: string; ip?: string; country?: string } = {};
  if (agent !== '') sender.agent = agent;
  if (request.ip !== undefined) sender.ip = request.ip;
  for (const name of settings.countryHeaders) {
    const country = readCountry(request.headers[name]);
    if (country !== undefined) {
      sender.country = country;
      break;
    }
  }
  return sender;
}
