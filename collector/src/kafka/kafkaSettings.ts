import { z } from 'zod';
import { count, list, text } from '../settingFields';

/** The settings of Kafka in front of the database; the names are those of the environment. */
export const kafkaShape = {
  WAYMARK_BUFFER: z.enum(['none', 'kafka']).default('none'),
  WAYMARK_KAFKA_BROKERS: list('').refine(
    (brokers) => brokers.every((broker) => /^(\[[0-9a-fA-F:]+\]|[^\s:/]+):\d{1,5}$/.test(broker)),
    'must be brokers as host:port, comma-separated',
  ),
  WAYMARK_KAFKA_TOPIC: text('waymark-events').refine(
    isTopicName,
    'must be a topic name: letters, digits, . _ -',
  ),
  WAYMARK_KAFKA_GROUP: text('waymark-drain').refine(
    isTopicName,
    'must be a group name: letters, digits, . _ -',
  ),
  WAYMARK_KAFKA_SESSION_SECONDS: count(10, 1, 25),
  WAYMARK_KAFKA_COMPRESSION: z.enum(['none', 'gzip', 'snappy', 'lz4']).default('lz4'),
  WAYMARK_KAFKA_TLS: z.enum(['off', 'on']).default('off'),
  WAYMARK_KAFKA_TLS_CA_FILE: z.string().trim().default(''),
  WAYMARK_KAFKA_TLS_CERT_FILE: z.string().trim().default(''),
  WAYMARK_KAFKA_TLS_KEY_FILE: z.string().trim().default(''),
  WAYMARK_KAFKA_SASL: z
    .enum(['none', 'plain', 'scram-sha-256', 'scram-sha-512', 'oauthbearer'])
    .default('none'),
  WAYMARK_KAFKA_USERNAME: z.string().default(''),
  WAYMARK_KAFKA_PASSWORD: z.string().default(''),
  WAYMARK_KAFKA_TOKEN_FILE: z.string().trim().default(''),
};

function isTopicName(name: string): boolean {
  return /^[A-Za-z0-9._-]{1,249}$/.test(name) && name !== '.' && name !== '..';
}

/** How brokers are reached and what is kept where. */
export interface KafkaSettings {
  readonly brokers: readonly string[];
  readonly topic: string;
  /** The consumer group of all drains. */
  readonly group: string;
  /** A drain that is silent for so long is taken to be dead, and its partitions go to others. */
  readonly sessionMs: number;
  readonly compression: 'none' | 'gzip' | 'snappy' | 'lz4';
  readonly tls: {
    readonly caFile: string | null;
    readonly certFile: string | null;
    readonly keyFile: string | null;
  } | null;
  readonly sasl:
    | {
        readonly mechanism: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512';
        readonly username: string;
        readonly password: string;
      }
    /** The token is read anew at each authentication, so that somebody else may renew it. */
    | { readonly mechanism: 'OAUTHBEARER'; readonly tokenFile: string }
    | null;
}

const MECHANISMS = {
  plain: 'PLAIN',
  'scram-sha-256': 'SCRAM-SHA-256',
  'scram-sha-512': 'SCRAM-SHA-512',
} as const;

type KafkaEnvironment = z.output<z.ZodObject<typeof kafkaShape>>;

/** Reads the Kafka settings; null when no brokers are named. A reason never holds a value that may be secret. */
export function readKafka(
  e: KafkaEnvironment,
): { ok: true; kafka: KafkaSettings | null } | { ok: false; reason: string } {
  const refuse = (reason: string) => ({ ok: false as const, reason });
  if (e.WAYMARK_KAFKA_BROKERS.length === 0) {
    if (e.WAYMARK_BUFFER === 'kafka')
      return refuse('WAYMARK_KAFKA_BROKERS: WAYMARK_BUFFER=kafka needs brokers, as host:port');
    return { ok: true, kafka: null };
  }
  const [caFile, certFile, keyFile] = [
    e.WAYMARK_KAFKA_TLS_CA_FILE,
    e.WAYMARK_KAFKA_TLS_CERT_FILE,
    e.WAYMARK_KAFKA_TLS_KEY_FILE,
  ].map((file) => (file === '' ? null : file));
  if (e.WAYMARK_KAFKA_TLS === 'off' && [caFile, certFile, keyFile].some((file) => file !== null))
    return refuse('WAYMARK_KAFKA_TLS: certificates are given, but TLS is off; set it to on');
  if ((certFile === null) !== (keyFile === null))
    return refuse('WAYMARK_KAFKA_TLS_CERT_FILE: a certificate and its key are given together');
  const sasl = readSasl(e);
  if (typeof sasl === 'string') return refuse(sasl);
  return {
    ok: true,
    kafka: {
      brokers: e.WAYMARK_KAFKA_BROKERS,
      topic: e.WAYMARK_KAFKA_TOPIC,
      group: e.WAYMARK_KAFKA_GROUP,
      sessionMs: e.WAYMARK_KAFKA_SESSION_SECONDS * 1_000,
      compression: e.WAYMARK_KAFKA_COMPRESSION,
      tls:
        e.WAYMARK_KAFKA_TLS === 'on'
          ? { caFile: caFile ?? null, certFile: certFile ?? null, keyFile: keyFile ?? null }
          : null,
      sasl,
    },
  };
}

function readSasl(e: KafkaEnvironment): KafkaSettings['sasl'] | string {
  const { WAYMARK_KAFKA_SASL: mechanism, WAYMARK_KAFKA_USERNAME: username } = e;
  if (mechanism === 'none') {
    return username === '' && e.WAYMARK_KAFKA_TOKEN_FILE === ''
      ? null
      : 'WAYMARK_KAFKA_SASL: a login is given, but no mechanism; set plain, scram-sha-256, scram-sha-512 or oauthbearer';
  }
  if (mechanism === 'oauthbearer') {
    return e.WAYMARK_KAFKA_TOKEN_FILE === ''
      ? 'WAYMARK_KAFKA_TOKEN_FILE: oauthbearer needs the file that holds the token'
      : { mechanism: 'OAUTHBEARER', tokenFile: e.WAYMARK_KAFKA_TOKEN_FILE };
  }
  return username === '' || e.WAYMARK_KAFKA_PASSWORD === ''
    ? `WAYMARK_KAFKA_USERNAME, WAYMARK_KAFKA_PASSWORD: ${mechanism} needs both`
    : { mechanism: MECHANISMS[mechanism], username, password: e.WAYMARK_KAFKA_PASSWORD };
}
