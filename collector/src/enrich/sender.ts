import type { Reader, Response } from 'maxmind';
import type { StoredEvent } from '../../../src/shared/model/event';
import { cleanText } from '../../../src/shared/model/ingest/hygiene';
import { objectOf } from '../wire/incoming';
import { keepIp, readAgent, readCountry } from './clientInfo';

/** Who sent a request, as far as it tells about the person whose events it carries. */
export interface Sender {
  /** The request's user agent and address when they are a browser's own, not a customer's server's. */
  readonly agent?: string;
  readonly ip?: string;
  readonly country?: string;
}

/** How events are enriched. */
export interface EnrichOptions {
  readonly ip: 'truncated' | 'full' | 'none';
  readonly geoip: Reader<Response> | null;
}

/** What one message itself says of the person's client; it goes before what the request says. */
export interface StatedClient {
  agent?: unknown;
  ip?: unknown;
  country?: unknown;
  device?: unknown;
  browser?: unknown;
  os?: unknown;
}

const shortText = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' && value.length <= 200 ? cleanText(value) : undefined;

/** Fills in device, browser, OS, country, shortened address and the robot's flag where the event lacks them. */
export function enrich(
  event: StoredEvent,
  stated: StatedClient,
  sender: Sender,
  options: EnrichOptions,
): void {
  const agent = typeof stated.agent === 'string' ? stated.agent : sender.agent;
  const info = agent === undefined ? {} : readAgent(agent);
  const device = event.device ?? shortText(stated.device) ?? info.device;
  const browser = event.browser ?? shortText(stated.browser) ?? info.browser;
  const os = event.os ?? shortText(stated.os) ?? info.os;
  if (device !== undefined) event.device = device;
  if (browser !== undefined) event.browser = browser;
  if (os !== undefined) event.os = os;
  if (info.bot) event.bot = true;
  const address = typeof stated.ip === 'string' ? stated.ip : sender.ip;
  const country =
    event.country ?? readCountry(stated.country) ?? sender.country ?? countryOf(address, options.geoip);
  if (country !== undefined) event.country = country;
  const ip = address === undefined ? undefined : keepIp(address, options.ip);
  if (ip !== undefined) event.ip = ip;
}

/** The country of an address; the files in use name it `country.iso_code`, `country` or `country_code`. */
function countryOf(address: string | undefined, geoip: Reader<Response> | null): string | undefined {
  if (address === undefined || !geoip) return undefined;
  try {
    const found: unknown = geoip.get(address);
    const { country, country_code: code } = objectOf(found);
    return readCountry(objectOf(country)['iso_code'] ?? code ?? country);
  } catch {
    // Not an address: the database has no answer.
    return undefined;
  }
}
