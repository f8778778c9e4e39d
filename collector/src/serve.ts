import { createServer } from 'node:http';
import { open as openGeoip, type Response } from 'maxmind';
import { MongoClient } from 'mongodb';
import type { Logger } from 'pino';
import { startCompactor } from './columns/startCompactor';
import { connectPatiently } from './connectPatiently';
import { readCrashPlan, readFullDisk } from './faults';
import { createEntrance } from './http/entrance';
import { EventLoopWatch } from './http/pressure';
import { BodyBudget } from './http/readBody';
import { DatabaseSink } from './intake/databaseSink';
import { Erasures } from './intake/erasures';
import { Intake } from './intake/intake';
import { BrokerSink } from './kafka/brokerSink';
import { Keyring } from './keys/keyring';
import { closeServer, listen, type Running } from './listening';
import { claimFolder } from './log/claimFolder';
import { createMetrics } from './metrics';
import { mongoOptions } from './mongoOptions';
import { type Settings, SettingsError } from './settings';

const RELOAD_KEYS_MS = 5_000;
const STOP_INTAKE_MS = 3_000;

/**
 * Starts a collector: claims the data folder, replays the log, listens. It does not wait for the database, which
 * may come later.
 *
 * @param program the collector's own file, for its threads
 * @throws SettingsError for a data folder or GeoIP file that cannot be used
 */
export async function serve(settings: Settings, logger: Logger, program: URL): Promise<Running> {
  const claim = await claimFolder(settings.dataDir);
  const client = new MongoClient(settings.uri, mongoOptions('waymark-collector'));
  const connecting = new AbortController();
  void connectPatiently(client, connecting.signal);
  const metrics = createMetrics();
  const erasures = new Erasures(client);
  const keyring = new Keyring(settings.keys, settings.adminKeys);
  const geoip = settings.geoipFile === null ? null : await readGeoip(settings.geoipFile);
  const reached = readCrashPlan(process.env);
  const { kafka } = settings;
  const sink =
    settings.buffer === 'kafka' && kafka !== null
      ? new BrokerSink({ kafka, metrics, logger, reached })
      : new DatabaseSink({ settings, client, metrics, logger, reached, erasures });
  const diskBytes = readFullDisk(process.env);
  const intake = await Intake.open({ settings, sink, metrics, logger, reached, diskBytes });
  reportRecovery(intake, metrics, logger);

  const reloadKeys = async (): Promise<void> => {
    try {
      await keyring.reload(client.db(settings.database));
      metrics.mongoUp.set(1);
    } catch {
      metrics.mongoUp.set(0);
    }
  };
  const reloading = setInterval(() => void reloadKeys(), RELOAD_KEYS_MS);
  const firstKeys = reloadKeys();
  if (settings.keys.length === 0) await firstKeys;

  const watch = new EventLoopWatch();
  watch.start();
  let ready = true;
  const entrance = createEntrance({
    settings,
    intake,
    sink,
    client,
    metrics,
    logger,
    keyring,
    erasures,
    watch,
    budget: new BodyBudget(settings.bodiesMemoryBytes),
    enriching: { ip: settings.ip, geoip },
    isReady: () => ready,
  });
  const server = createServer(
    {
      // A sender has this long for its headers, and for its whole request; slow ones are cut.
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      keepAliveTimeout: 65_000,
      connectionsCheckingInterval: 2_000,
      maxHeaderSize: 16_384,
    },
    entrance,
  );
  server.maxConnections = settings.maxConnections;
  const url = await listen(server, settings);
  logger.info({ url, database: settings.database }, 'the collector takes events');

  const compactor = settings.compactor
    ? startCompactor({
        program,
        uri: settings.uri,
        everyMs: settings.compactEveryMs,
        metrics,
        logger,
        databases: () => [...new Set([settings.database, ...keyring.databases()])],
      })
    : null;
  const refreshing = setInterval(() => compactor?.refresh(), RELOAD_KEYS_MS);

  let stopping: Promise<void> | null = null;
  const stop = async (): Promise<void> => {
    ready = false;
    logger.info('stopping');
    connecting.abort();
    clearInterval(reloading);
    clearInterval(refreshing);
    const compactorStopped = compactor?.stop();
    await closeServer(server);
    await intake.close(STOP_INTAKE_MS);
    await compactorStopped;
    watch.stop();
    await Promise.race([client.close(), new Promise((resolve) => setTimeout(resolve, 500).unref())]);
    await claim.release();
    logger.info('stopped');
  };
  return { url, stop: () => (stopping ??= stop()) };
}

function reportRecovery(
  { recovery }: Intake,
  metrics: ReturnType<typeof createMetrics>,
  logger: Logger,
): void {
  const { records, damagedBytes, damagedPlaces, tornBytes } = recovery;
  metrics.logReplayed.inc(records);
  metrics.logDamagedBytes.inc(damagedBytes);
  if (records > 0) logger.info({ records }, 'what the log holds from before is written now');
  if (tornBytes > 0)
    logger.info({ tornBytes }, 'the log ends in a record that was never whole, nor acknowledged');
  if (damagedBytes > 0) {
    logger.error(
      { damagedBytes, damagedPlaces },
      'parts of the log are damaged; they were skipped and kept beside it',
    );
  }
}

async function readGeoip(file: string) {
  try {
    return await openGeoip<Response>(file);
  } catch {
    throw new SettingsError('WAYMARK_GEOIP_FILE: the file cannot be read as a MaxMind database');
  }
}
