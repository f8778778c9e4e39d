import type { Express } from 'express';
import type { Intake } from '../intake/intake';
import type { Sink } from '../intake/sink';
import type { Metrics } from '../metrics';
import type { Settings } from '../settings';
import { addHealthRoutes } from './healthRoutes';
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

/** The health routes of a collector: it is ready while it takes traffic, and the log has room for a request. */
export function addStatusRoutes(app: Express, options: StatusOptions): void {
  const { settings, intake, sink, metrics, watch, isReady } = options;
  addHealthRoutes(app, {
    sink,
    metrics,
    readiness: () => {
      if (!isReady()) return { status: 'stopping', isReady: false };
      // A small log has room for small requests, and says so while it has.
      const hasRoom = intake.hasRoom(Math.min(settings.maxBodyBytes, settings.logLimitBytes / 4));
      return { status: hasRoom ? 'ready' : 'full', isReady: hasRoom };
    },
    refresh: () => {
      const { depth, bytes, log, queueAgeMs, derivedLagMs } = intake.state;
      metrics.queueDepth.set(depth);
      metrics.queueBytes.set(bytes);
      metrics.queueAge.set(queueAgeMs / 1_000);
      metrics.logBytes.set(log.bytes);
      metrics.logLimitBytes.set(settings.logLimitBytes);
      metrics.logSegments.set(log.segments);
      metrics.derivedLag.set(derivedLagMs / 1_000);
      metrics.eventLoopLag.set(watch.lagMs / 1_000);
    },
  });
}
