import type { RequestListener } from 'node:http';
import type { Express } from 'express';
import { answerError } from './answer';
import { type AppOptions, createApp } from './app';
import { createAllowOrigin } from './cors';
import { createIngest } from './ingestHandler';
import { ingestRoutes } from './ingestRoutes';

/**
 * Answers every request. What takes events, nearly all of them, goes its way at once: one look-up of its
 * address, no middleware (measured, that is half of what a single event costs otherwise). Everything else is
 * the Express application's.
 */
export function createEntrance(options: AppOptions): RequestListener {
  const { metrics, logger, settings } = options;
  const app: Express = createApp(options);
  const routes = ingestRoutes();
  const handle = createIngest(options);
  const allowOrigin = createAllowOrigin(settings.allowedOrigins);
  return (request, response) => {
    const url = withoutOrigin(request.url ?? '/');
    const mark = url.indexOf('?');
    const route = mark < 0 ? url : url.slice(0, mark);
    const read = request.method === 'POST' ? routes.get(route) : undefined;
    if (!read) {
      app(request, response);
      return;
    }
    const startedAt = performance.now();
    response.once('close', () => {
      const status = response.writableEnded ? String(response.statusCode) : 'aborted';
      metrics.requestSeconds.observe({ route, status }, (performance.now() - startedAt) / 1_000);
    });
    allowOrigin(request, response);
    handle(request, response, { read, query: mark < 0 ? '' : url.slice(mark + 1) }).catch(
      (error: unknown) => {
        answerError(request, response, error, logger);
      },
    );
  };
}

/** The path and query of a request's target; some proxies send it with scheme and host before them. */
function withoutOrigin(url: string): string {
  const origin = /^https?:\/\/[^/?]*/i.exec(url);
  return url.startsWith('/') || !origin ? url : url.slice(origin[0].length);
}
