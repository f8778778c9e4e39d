/** A real Kafka broker in KRaft mode for tests, which can be killed and started again. */
import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Admin } from '@platformatic/kafka';
import { freePort } from '../processes/freePort.mjs';
import { type Leashed, startLeashed } from '../processes/startLeashed.mjs';
import { provideJava } from '../provide/java.mjs';
import { provideKafka } from '../provide/kafka.mjs';

/** What the secured listeners of a test's broker are opened with. */
export const KAFKA_LOGIN = { username: 'waymark', password: 'waymark-secret' };

/** One broker with data in a temporary folder, ended with this process at the latest. */
export interface Broker {
  /** `127.0.0.1:port`, open to everybody. */
  readonly address: string;
  /** The same broker with SASL (PLAIN, SCRAM-SHA-512, OAUTHBEARER) for `KAFKA_LOGIN`, without encryption. */
  readonly saslAddress: string;
  /** The same with SASL over TLS; present when certificates could be made. */
  readonly tls: { readonly address: string; readonly caFile: string } | null;
  /** TLS for whoever has this certificate (mutual TLS); present when one could be made. */
  readonly mutual: {
    readonly address: string;
    readonly caFile: string;
    readonly certFile: string;
    readonly keyFile: string;
  } | null;
  /** Process id of the running broker. */
  pid(): number;
  createTopic(name: string, partitions: number, settings?: Record<string, string>): Promise<void>;
  /** Ends it like a crash (SIGKILL); its data stay. */
  kill(): Promise<void>;
  /** Starts it again on the same ports and data, and waits until it answers. */
  start(): Promise<void>;
  /** Ends it and deletes its data. */
  stop(): Promise<void>;
}

/** Small, and quick to start: a test's broker does little and for a short time. */
const JVM = [
  '-Xms96m',
  '-Xmx384m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  `-Djava.io.tmpdir=${tmpdir()}`, // what its compression unpacks; a killed broker leaves it behind
];

/** The cluster's id: 16 bytes in base64. */
const CLUSTER = 'd2F5bWFyay10ZXN0LWJyb2';

const ANSWERS_WITHIN_MS = 60_000;

/** Why no broker can run here, as a test's skip says it; null when one can. */
export async function whyNoBroker(): Promise<string | null> {
  try {
    await provideJava();
    await provideKafka();
    return null;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return `needs Java and Kafka: ${reason.replaceAll(/\s*\n\s*/g, ' ')}`;
  }
}

/**
 * Starts a broker and waits until it answers.
 *
 * @throws when Java or Kafka cannot be provided, or with what the broker wrote when it ends instead
 */
export async function startBroker(): Promise<Broker> {
  const [broker] = await startBrokers(1);
  if (!broker) throw new Error('No broker was started.');
  return broker;
}

/** Starts brokers that are one cluster; their topics have as many replicas as there are brokers. */
export async function startBrokers(count: number): Promise<Broker[]> {
  const [java, kafka] = [await provideJava(), await provideKafka()];
  const command = { java: java.path, classes: ['-cp', path.join(kafka.path, '*')] };
  const layouts: Layout[] = [];
  for (let node = 1; node <= count; node += 1) layouts.push(await layOut(node));
  const voters = layouts.map(({ node, controllerPort }) => `${node}@127.0.0.1:${controllerPort}`).join(',');
  const brokers = await Promise.all(layouts.map((layout) => makeBroker(command, layout, voters, count)));
  // A node answers only when a majority of the cluster is there.
  await Promise.all(brokers.map((broker) => broker.start()));
  return brokers;
}

async function layOut(node: number): Promise<Layout> {
  return {
    node,
    folder: await mkdtemp(path.join(tmpdir(), 'waymark-kafka-')),
    port: await freePort(),
    saslPort: await freePort(),
    tlsPort: await freePort(),
    mutualPort: await freePort(),
    controllerPort: await freePort(),
  };
}

/** Prepares the folder of one node; it is not started. */
async function makeBroker(
  { java, classes }: { java: string; classes: readonly string[] },
  layout: Layout,
  voters: string,
  replicas: number,
): Promise<Broker> {
  const { folder, port, saslPort, tlsPort, mutualPort } = layout;
  const keys = makeKeys(java, folder);
  const client = keys ? makeClientKeys(java, folder) : null;
  const properties = path.join(folder, 'server.properties');
  await writeFile(
    properties,
    serverProperties(
      { ...layout, tlsPort: keys ? tlsPort : null, mutualPort: client ? mutualPort : null },
      voters,
      replicas,
    ),
  );
  const scram = `SCRAM-SHA-512=[name=${KAFKA_LOGIN.username},password=${KAFKA_LOGIN.password}]`;
  const format = ['kafka.tools.StorageTool', 'format', '-t', CLUSTER, '-c', properties, '--add-scram', scram];
  try {
    await promisify(execFile)(java, [...JVM, ...classes, ...format]);
  } catch (error) {
    throw new Error('The broker’s folder could not be made.', { cause: error });
  }
  const address = `127.0.0.1:${port}`;
  let server: Leashed | null = null;
  return {
    address,
    saslAddress: `127.0.0.1:${saslPort}`,
    tls: keys ? { address: `127.0.0.1:${tlsPort}`, caFile: keys.caFile } : null,
    mutual: keys && client ? { address: `127.0.0.1:${mutualPort}`, ...keys, ...client } : null,
    pid: () => server?.pid ?? 0,
    createTopic: (name, partitions, settings = {}) =>
      withAdmin(address, async (admin) => {
        const configs = Object.entries(settings).map(([key, value]) => ({ name: key, value }));
        await admin.createTopics({ topics: [name], partitions, replicas, configs });
      }),
    kill: async () => {
      await server?.kill();
    },
    start: async () => {
      const args = [...JVM, '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn', ...classes, 'kafka.Kafka'];
      server = await startLeashed(java, [...args, properties], { removeWithOwner: folder });
      await waitUntilAnswering(address, server);
    },
    stop: async () => {
      await server?.kill();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

interface Layout {
  node: number;
  folder: string;
  port: number;
  saslPort: number;
  tlsPort: number;
  mutualPort: number;
  controllerPort: number;
}

function serverProperties(
  {
    node,
    folder,
    port,
    saslPort,
    tlsPort,
    mutualPort,
    controllerPort,
  }: Omit<Layout, 'tlsPort' | 'mutualPort'> & { tlsPort: number | null; mutualPort: number | null },
  voters: string,
  replicas: number,
): string {
  const plain = 'org.apache.kafka.common.security.plain.PlainLoginModule';
  const scram = 'org.apache.kafka.common.security.scram.ScramLoginModule';
  const oauth = 'org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule';
  const { username, password } = KAFKA_LOGIN;
  const secured = tlsPort === null ? ['SASL'] : ['SASL', 'TLS'];
  const clientListeners = [
    `PLAIN://127.0.0.1:${port}`,
    `SASL://127.0.0.1:${saslPort}`,
    ...(tlsPort === null ? [] : [`TLS://127.0.0.1:${tlsPort}`]),
    ...(mutualPort === null ? [] : [`MUTUAL://127.0.0.1:${mutualPort}`]),
  ];
  const lines: Record<string, string | number> = {
    'process.roles': 'broker,controller',
    'node.id': node,
    'controller.quorum.voters': voters,
    'controller.listener.names': 'CONTROLLER',
    listeners: [...clientListeners, `CONTROLLER://127.0.0.1:${controllerPort}`].join(','),
    'advertised.listeners': clientListeners.join(','),
    'inter.broker.listener.name': 'PLAIN',
    'listener.security.protocol.map':
      'PLAIN:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL:SASL_PLAINTEXT,TLS:SASL_SSL,MUTUAL:SSL',
    'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-512',
    // Takes tokens without a signature, which is enough to see that one is brought.
    'listener.name.sasl.sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-512,OAUTHBEARER',
    'listener.name.sasl.oauthbearer.sasl.jaas.config': `${oauth} required unsecuredLoginStringClaim_sub="broker";`,
    ...Object.fromEntries(
      secured.flatMap((name) => [
        [
          `listener.name.${name.toLowerCase()}.plain.sasl.jaas.config`,
          `${plain} required user_${username}="${password}";`,
        ],
        [`listener.name.${name.toLowerCase()}.scram-sha-512.sasl.jaas.config`, `${scram} required;`],
      ]),
    ),
    ...(tlsPort === null
      ? {}
      : {
          'ssl.keystore.type': 'PKCS12',
          'ssl.keystore.location': path.join(folder, 'broker.p12'),
          'ssl.keystore.password': password,
        }),
    ...(mutualPort === null
      ? {}
      : {
          'listener.name.mutual.ssl.client.auth': 'required',
          'listener.name.mutual.ssl.truststore.type': 'PKCS12',
          'listener.name.mutual.ssl.truststore.location': path.join(folder, 'clients.p12'),
          'listener.name.mutual.ssl.truststore.password': password,
        }),
    'log.dirs': path.join(folder, 'data'),
    'offsets.topic.replication.factor': replicas,
    'offsets.topic.num.partitions': 2,
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': 1,
    'share.coordinator.state.topic.replication.factor': replicas,
    'share.coordinator.state.topic.min.isr': 1,
    'auto.create.topics.enable': 'false',
    'group.initial.rebalance.delay.ms': 0,
    'group.min.session.timeout.ms': 1_000,
  };
  return Object.entries(lines)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

/** A certificate for 127.0.0.1 by Java's own tool; null where that is missing. */
function makeKeys(java: string, folder: string): { caFile: string } | null {
  const keytool = path.join(path.dirname(java), 'keytool');
  const store = ['-keystore', path.join(folder, 'broker.p12'), '-storepass', KAFKA_LOGIN.password];
  const caFile = path.join(folder, 'ca.pem');
  const made = [
    [
      ...['-genkeypair', '-alias', 'broker', '-keyalg', 'RSA', '-storetype', 'PKCS12', '-validity', '30'],
      ...['-dname', 'CN=127.0.0.1', '-ext', 'SAN=ip:127.0.0.1', ...store],
    ],
    ['-exportcert', '-rfc', '-alias', 'broker', '-file', caFile, ...store],
  ].every((args) => spawnSync(keytool, args).status === 0);
  return made ? { caFile } : null;
}

/** A client's certificate, by OpenSSL since Java's tool writes no keys, and the store by which a broker knows it. */
function makeClientKeys(java: string, folder: string): { certFile: string; keyFile: string } | null {
  const certFile = path.join(folder, 'client.pem');
  const keyFile = path.join(folder, 'client-key.pem');
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '30', '-subj', '/CN=waymark'];
  const store = ['-keystore', path.join(folder, 'clients.p12'), '-storepass', KAFKA_LOGIN.password];
  const isMade =
    spawnSync('openssl', [...request, '-keyout', keyFile, '-out', certFile]).status === 0 &&
    spawnSync(path.join(path.dirname(java), 'keytool'), [
      ...['-importcert', '-noprompt', '-storetype', 'PKCS12', '-alias', 'client', '-file', certFile],
      ...store,
    ]).status === 0;
  return isMade ? { certFile, keyFile } : null;
}

/** A token as an identity provider issues them, but without a signature; it holds for an hour. */
export function unsignedToken(subject: string): string {
  const seconds = Math.floor(Date.now() / 1_000);
  const parts = [{ alg: 'none' }, { sub: subject, iat: seconds, exp: seconds + 3_600 }];
  return `${parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.`;
}

async function withAdmin<T>(address: string, action: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = new Admin({ clientId: 'waymark-test', bootstrapBrokers: [address], retries: 0 });
  try {
    return await action(admin);
  } finally {
    await admin.close();
  }
}

async function waitUntilAnswering(address: string, server: Leashed): Promise<void> {
  let ended = false;
  void server.ended.then(() => (ended = true));
  for (const deadline = Date.now() + ANSWERS_WITHIN_MS; Date.now() < deadline && !ended;) {
    try {
      const { brokers } = await withAdmin(address, (admin) => admin.metadata({ topics: [] }));
      if (brokers.size > 0) return;
    } catch {
      // not yet
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`The broker at ${address} did not start:\n${server.output().slice(-4_000)}`);
}
