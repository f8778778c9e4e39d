import type { Express } from 'express';
import type { Intake } from '../intake/intake';
import type { Sink } from '../intake/sink';
import type { Metrics } from '../metrics';
import type { Settings } from '../settings';
import type { EventLoopWatch } from './pressure';

export interface StatusOptions {
  settings: Settings;
  intake: Intake;
  sink: Sink;
  metrics: Metrics;
  watch: EventLoopWatch;
  /** Whether the process still takes traffic. */
  isReady: () => boolean;
}

const SINK_TIMEOUT_MS = 3_000;

/** `/livez`: the process runs. `/readyz`: it takes traffic. `/sinkz`: what stands behind the log answers. `/metrics`: all figures. */
export function addStatusRoutes(app: Express, options: StatusOptions): void {
  const { settings, intake, sink, metrics, watch, isReady } = options;
  app.get('/livez', (_request, response) => {
    response.json({ status: 'alive' });
  });
  app.get('/readyz', (_request, response) => {
    const full = !intake.hasRoom(settings.maxBodyBytes);
    const status = !isReady() ? 'stopping' : full ? 'full' : 'ready';
    response.status(status === 'ready' ? 200 : 503).json({ status });
  });
  app.get('/sinkz', async (_request, response) => {
    try {
      await sink.check(SINK_TIMEOUT_MS);
      response.json({ status: 'reachable' });
    } catch {
      response.status(503).json({ status: 'unreachable' });
    }
  });
  app.get('/metrics', async (_request, response) => {
    const { depth, bytes, log, queueAgeMs, derivedLagMs } = intake.state;
    metrics.queueDepth.set(depth);
    metrics.queueBytes.set(bytes);
    metrics.queueAge.set(queueAgeMs / 1_000);
    metrics.logBytes.set(log.bytes);
    metrics.logLimitBytes.set(settings.logLimitBytes);
    metrics.logSegments.set(log.segments);
    metrics.derivedLag.set(derivedLagMs / 1_000);
    metrics.eventLoopLag.set(watch.lagMs / 1_000);
    response.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
}
