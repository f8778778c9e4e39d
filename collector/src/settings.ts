import { z } from 'zod';
import { DEFAULT_DATABASE } from '../../src/shared/model/collections';
import { type KafkaSettings, kafkaShape, readKafka } from './kafka/kafkaSettings';
import { type WriteKey, readKeyList } from './keys/keyList';
import { count, list, text } from './settingFields';

const MEGABYTE = 2 ** 20;

/** Every setting with its default; the names are those of the environment. */
const environmentSchema = z.object({
  WAYMARK_URI: z
    .string()
    .trim()
    .default('mongodb://127.0.0.1:27017')
    .refine((uri) => /^mongodb(\+srv)?:\/\/./.test(uri), 'must begin with mongodb:// or mongodb+srv://'),
  WAYMARK_DB: text(DEFAULT_DATABASE).refine(
    (name) => name.length <= 63 && !/[/\\. "$*<>:|?\0]/.test(name),
    'must be a database name: at most 63 characters, none of / \\ . " $ * < > : | ? or blank',
  ),
  WAYMARK_KEYS: z.string().default(''),
  WAYMARK_ADMIN_KEYS: z.string().default(''),
  HOST: text('127.0.0.1'),
  PORT: count(8080, 0, 65_535),
  WAYMARK_PUBLIC_URL: z
    .string()
    .trim()
    .default('')
    .refine((url) => url === '' || URL.canParse(url), 'must be a URL such as https://events.example.com'),
  WAYMARK_DATA_DIR: text('waymark-collector-data'),
  WAYMARK_DURABILITY: z.enum(['log', 'database', 'brokers']).default('log'),
  WAYMARK_LOG_LIMIT_MB: count(1_024, 1, 1_048_576),
  WAYMARK_LOG_SEGMENT_MB: count(8, 0.0625, 1_024),
  WAYMARK_QUEUE_MEMORY_MB: count(64, 1, 65_536),
  WAYMARK_MAX_BODY_MB: count(4, 0.001, 64),
  WAYMARK_BODIES_MEMORY_MB: count(64, 1, 65_536),
  WAYMARK_MAX_CONNECTIONS: count(10_000, 1, 1_000_000),
  WAYMARK_MAX_LAG_MS: count(250, 20, 60_000),
  WAYMARK_RATE_LIMIT: count(0, 0, 10_000_000),
  WAYMARK_ALLOWED_ORIGINS: list('*'),
  WAYMARK_TRUST_PROXY: count(0, 0, 20),
  WAYMARK_IP: z.enum(['truncated', 'full', 'none']).default('truncated'),
  WAYMARK_BOTS: z.enum(['keep', 'drop']).default('keep'),
  WAYMARK_GEOIP_FILE: z.string().trim().default(''),
  WAYMARK_COUNTRY_HEADERS: list(
    'cf-ipcountry,cloudfront-viewer-country,x-vercel-ip-country,x-appengine-country,x-country-code',
  ),
  WAYMARK_SESSION_GAP_MINUTES: count(30, 1, 1_440),
  WAYMARK_DERIVE_SECONDS: count(1, 0.05, 60),
  WAYMARK_MAX_DERIVE_LAG_SECONDS: count(60, 1, 3_600),
  WAYMARK_COMPACTOR: z.enum(['on', 'off']).default('on'),
  WAYMARK_COMPACT_SECONDS: count(1, 0.05, 3_600),
  WAYMARK_LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  ...kafkaShape,
});

/** The collector's settings, parsed; names carry their units. */
export interface Settings {
  readonly uri: string;
  readonly database: string;
  readonly keys: readonly WriteKey[];
  readonly adminKeys: readonly string[];
  readonly host: string;
  readonly port: number;
  readonly publicUrl: string | null;
  readonly dataDir: string;
  /** What a request waits for: the log, or what stands behind it. */
  readonly durability: 'log' | 'database' | 'brokers';
  readonly logLimitBytes: number;
  readonly segmentBytes: number;
  readonly queueMemoryBytes: number;
  readonly maxBodyBytes: number;
  readonly bodiesMemoryBytes: number;
  readonly maxConnections: number;
  readonly maxLagMs: number;
  /** Events a second and key; 0: no limit. */
  readonly rateLimit: number;
  readonly allowedOrigins: readonly string[];
  /** Proxies in front, whose X-Forwarded-For is believed. */
  readonly trustedProxies: number;
  readonly ip: 'truncated' | 'full' | 'none';
  readonly bots: 'keep' | 'drop';
  readonly geoipFile: string | null;
  readonly countryHeaders: readonly string[];
  readonly sessionGapMs: number;
  readonly deriveEveryMs: number;
  readonly maxDeriveLagMs: number;
  /** Whether column blocks are kept up in this process. */
  readonly compactor: boolean;
  readonly compactEveryMs: number;
  readonly logLevel: string;
  /** Whether accepted events go to Kafka, from where `drain` brings them to the database. */
  readonly buffer: 'none' | 'kafka';
  /** Null when no brokers are named. */
  readonly kafka: KafkaSettings | null;
}

/** Thrown for settings that cannot be used; the message lists each of them. */
export class SettingsError extends Error {}

/**
 * Reads the settings from the environment; an empty variable counts as absent.
 *
 * @throws SettingsError with one line a fault, never with a value that may be secret
 */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const given = Object.fromEntries(
    Object.keys(environmentSchema.shape)
      .map((name) => [name, environment[name]])
      .filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = environmentSchema.safeParse(given);
  if (!parsed.success) {
    throw new SettingsError(
      parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n'),
    );
  }
  const e = parsed.data;
  const keys = readKeyList(e.WAYMARK_KEYS, e.WAYMARK_DB);
  if (!keys.ok) throw new SettingsError(`WAYMARK_KEYS: ${keys.reason}`);
  const adminKeys = e.WAYMARK_ADMIN_KEYS.split(',')
    .map((key) => key.trim())
    .filter((key) => key !== '');
  if (adminKeys.some((key) => key.length < 16)) {
    throw new SettingsError('WAYMARK_ADMIN_KEYS: an admin key has at least 16 characters');
  }
  const kafka = readKafka(e);
  if (!kafka.ok) throw new SettingsError(kafka.reason);
  if (e.WAYMARK_DURABILITY === (e.WAYMARK_BUFFER === 'kafka' ? 'database' : 'brokers')) {
    throw new SettingsError(
      'WAYMARK_DURABILITY: a request can wait for what stands behind the log: the database, or with WAYMARK_BUFFER=kafka the brokers',
    );
  }
  return {
    uri: e.WAYMARK_URI,
    database: e.WAYMARK_DB,
    keys: keys.keys,
    adminKeys,
    host: e.HOST,
    port: e.PORT,
    publicUrl: e.WAYMARK_PUBLIC_URL === '' ? null : e.WAYMARK_PUBLIC_URL.replace(/\/+$/, ''),
    dataDir: e.WAYMARK_DATA_DIR,
    durability: e.WAYMARK_DURABILITY,
    logLimitBytes: e.WAYMARK_LOG_LIMIT_MB * MEGABYTE,
    segmentBytes: e.WAYMARK_LOG_SEGMENT_MB * MEGABYTE,
    queueMemoryBytes: e.WAYMARK_QUEUE_MEMORY_MB * MEGABYTE,
    maxBodyBytes: Math.floor(e.WAYMARK_MAX_BODY_MB * MEGABYTE),
    bodiesMemoryBytes: e.WAYMARK_BODIES_MEMORY_MB * MEGABYTE,
    maxConnections: e.WAYMARK_MAX_CONNECTIONS,
    maxLagMs: e.WAYMARK_MAX_LAG_MS,
    rateLimit: e.WAYMARK_RATE_LIMIT,
    allowedOrigins: e.WAYMARK_ALLOWED_ORIGINS,
    trustedProxies: e.WAYMARK_TRUST_PROXY,
    ip: e.WAYMARK_IP,
    bots: e.WAYMARK_BOTS,
    geoipFile: e.WAYMARK_GEOIP_FILE === '' ? null : e.WAYMARK_GEOIP_FILE,
    countryHeaders: e.WAYMARK_COUNTRY_HEADERS.map((name) => name.toLowerCase()),
    sessionGapMs: e.WAYMARK_SESSION_GAP_MINUTES * 60_000,
    deriveEveryMs: e.WAYMARK_DERIVE_SECONDS * 1_000,
    maxDeriveLagMs: e.WAYMARK_MAX_DERIVE_LAG_SECONDS * 1_000,
    compactor: e.WAYMARK_COMPACTOR === 'on',
    compactEveryMs: e.WAYMARK_COMPACT_SECONDS * 1_000,
    logLevel: e.WAYMARK_LOG_LEVEL,
    buffer: e.WAYMARK_BUFFER,
    kafka: kafka.kafka,
  };
}
