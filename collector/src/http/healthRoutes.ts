import type { Express } from 'express';
import type { Sink } from '../intake/sink';
import type { Metrics } from '../metrics';

export interface HealthOptions {
  sink: Pick<Sink, 'check'>;
  metrics: Metrics;
  /** Whether the process is at its work, and how that is called. */
  readiness: () => { status: string; isReady: boolean };
  /** Brings the gauges up to date before they are read. */
  refresh: () => void;
}

const SINK_TIMEOUT_MS = 3_000;

/** `/livez`: the process runs. `/readyz`: it is at its work. `/sinkz`: what it writes to answers. `/metrics`: all figures. */
export function addHealthRoutes(app: Express, { sink, metrics, readiness, refresh }: HealthOptions): void {
  app.get('/livez', (_request, response) => {
    response.json({ status: 'alive' });
  });
  app.get('/readyz', (_request, response) => {
    const { status, isReady } = readiness();
    response.status(isReady ? 200 : 503).json({ status });
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
    refresh();
    response.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
}
