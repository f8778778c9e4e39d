import { isIP } from 'node:net';
import Bowser from 'bowser';
import { isbot } from 'isbot';

/** What a user agent says. */
export interface AgentInfo {
  device?: string;
  browser?: string;
  os?: string;
  bot?: true;
}

/** Parsing costs tens of microseconds; the same few thousand agents send nearly everything. */
const REMEMBERED = 5_000;

/** Longer texts are no user agents; parsing them would only cost time. */
const MAX_AGENT_LENGTH = 1_024;

const known = new Map<string, AgentInfo>();

/** Device type (`desktop`, `mobile`, `tablet`, `tv`), browser and OS of a user agent, and whether it is a robot. */
export function readAgent(agent: string): AgentInfo {
  if (agent === '' || agent.length > MAX_AGENT_LENGTH) return {};
  const remembered = known.get(agent);
  if (remembered) return remembered;
  const info: AgentInfo = {};
  const { platform, browser, os } = Bowser.parse(agent);
  if (platform.type) info.device = platform.type;
  if (browser.name) info.browser = browser.name;
  if (os.name) info.os = os.name;
  if (isbot(agent)) info.bot = true;
  if (known.size >= REMEMBERED) known.clear();
  known.set(agent, info);
  return info;
}

/** An IP address cut to its network (/24, /48), whole, or not at all, as the setting says; undefined for no address. */
export function keepIp(address: string, keep: 'truncated' | 'full' | 'none'): string | undefined {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
  const version = isIP(mapped);
  if (version === 0 || keep === 'none') return undefined;
  if (keep === 'full') return mapped;
  if (version === 4) return mapped.replace(/\.\d+$/, '.0');
  return `${expandIpv6(mapped).slice(0, 3).join(':')}::`;
}

/** The eight groups of an IPv6 address, without leading zeros. */
function expandIpv6(address: string): string[] {
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  return [...left, ...new Array<string>(zeros).fill('0'), ...right].map((group) =>
    group.toLowerCase().replace(/^0+(?=.)/, ''),
  );
}

/** A two-letter country code in capitals, or undefined (`XX` and `T1` are an edge's words for unknown and Tor). */
export function readCountry(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const code = value.trim().toUpperCase();
  return /^[A-Z]{2}$/.test(code) && code !== 'XX' ? code : undefined;
}
