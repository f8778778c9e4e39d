import { createServer } from 'node:http';
import express, { type Express } from 'express';
import { MongoClient } from 'mongodb';
import type { Logger } from 'pino';
import { connectPatiently } from '../connectPatiently';
import { readCrashPlan } from '../faults';
import { addHealthRoutes } from '../http/healthRoutes';
import { DatabaseSink } from '../intake/databaseSink';
import { Erasures } from '../intake/erasures';
import { closeServer, listen, type Running } from '../listening';
import { createMetrics, type Metrics } from '../metrics';
import { mongoOptions } from '../mongoOptions';
import { type Settings, SettingsError } from '../settings';
import { clientOptions } from './connection';
import { Drain } from './drain';

const STOP_GRACE_MS = 3_000;
const SINK_TIMEOUT_MS = 3_000;
const CHECK_DATABASE_MS = 5_000;

/**
 * Starts a drain: it joins the group, brings messages to the database, and answers for its health. Neither
 * brokers nor database need be there yet.
 *
 * @throws SettingsError without brokers, for certificates that cannot be read, or an address that is taken
 */
export async function serveDrain(settings: Settings, logger: Logger): Promise<Running> {
  const { kafka } = settings;
  if (kafka === null) throw new SettingsError('WAYMARK_KAFKA_BROKERS: a drain needs brokers, as host:port');
  clientOptions(kafka);
  const client = new MongoClient(settings.uri, mongoOptions('waymark-drain'));
  const connecting = new AbortController();
  void connectPatiently(client, connecting.signal);
  const metrics = createMetrics();
  const reached = readCrashPlan(process.env);
  const sink = new DatabaseSink({
    settings,
    client,
    metrics,
    logger,
    reached,
    erasures: new Erasures(client),
  });
  const drain = new Drain({
    kafka,
    database: settings.database,
    sink,
    metrics,
    logger,
    reached,
    memoryBytes: settings.queueMemoryBytes,
  });
  const checking = setInterval(() => {
    void sink.check(SINK_TIMEOUT_MS).catch(() => undefined);
  }, CHECK_DATABASE_MS);
  const server = createServer(statusApp({ drain, sink, metrics }));
  let url: string;
  try {
    url = await listen(server, settings);
  } catch (error) {
    connecting.abort();
    await drain.stop(0);
    throw error;
  }
  logger.info({ url, topic: kafka.topic, group: kafka.group }, 'the drain brings events to the database');

  let stopping: Promise<void> | null = null;
  const stop = async (): Promise<void> => {
    logger.info('stopping');
    connecting.abort();
    clearInterval(checking);
    await drain.stop(STOP_GRACE_MS);
    await closeServer(server);
    await Promise.race([client.close(), new Promise((resolve) => setTimeout(resolve, 1_000).unref())]);
    logger.info('stopped');
  };
  return { url, stop: () => (stopping ??= stop()) };
}

/** The health routes of a drain: it is ready while it is in the group. */
function statusApp({
  drain,
  sink,
  metrics,
}: {
  drain: Drain;
  sink: DatabaseSink;
  metrics: Metrics;
}): Express {
  const app = express();
  app.disable('x-powered-by');
  addHealthRoutes(app, {
    sink,
    metrics,
    readiness: () => ({ status: drain.isMember ? 'ready' : 'joining', isReady: drain.isMember }),
    refresh: () => {
      const { depth, bytes, oldestAt } = drain.state;
      const now = Date.now();
      metrics.queueDepth.set(depth);
      metrics.queueBytes.set(bytes);
      metrics.queueAge.set(oldestAt === null ? 0 : (now - oldestAt) / 1_000);
      metrics.derivedLag.set(sink.oldestAt === null ? 0 : Math.max(0, now - sink.oldestAt) / 1_000);
    },
  });
  app.use((_request, response) => {
    response.status(404).json({ success: false, reason: 'there is nothing here' });
  });
  return app;
}
