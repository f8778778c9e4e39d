import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import type { Logger } from 'pino';
import type { Metrics } from '../metrics';
import { answerError } from './answer';
import { answerPreflight, createAllowOrigin } from './cors';
import type { IngestOptions } from './ingestHandler';
import { HttpError } from './readBody';
import { addPersonRoutes, type PersonOptions } from './personRoutes';
import { addStatusRoutes, type StatusOptions } from './statusRoutes';
import { createOpenApi } from '../openapi';
import { addSettingsRoute } from './sdkSettings';

export interface AppOptions extends IngestOptions, PersonOptions, StatusOptions {
  logger: Logger;
  metrics: Metrics;
}

/** Builds the application for all that is not an event; everything it needs is given, it opens nothing. */
export function createApp(options: AppOptions): Express {
  const { settings, metrics, logger } = options;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('trust proxy', settings.trustedProxies === 0 ? false : settings.trustedProxies);
  app.set('query parser', 'simple');
  app.use(measure(metrics));
  const allowOrigin = createAllowOrigin(settings.allowedOrigins);
  app.use((request: Request, response: Response, next: NextFunction) => {
    allowOrigin(request, response);
    if (request.method === 'OPTIONS') answerPreflight(response);
    else next();
  });

  addSettingsRoute(app, options);
  addStatusRoutes(app, options);
  addPersonRoutes(app, options);
  const openApi = JSON.stringify(createOpenApi(settings));
  app.get('/openapi.json', (_request, response) => {
    response.type('json').send(openApi);
  });

  app.use((request: Request) => {
    throw new HttpError(404, `there is nothing at ${request.method} ${request.path.slice(0, 200)}`);
  });
  app.use((error: unknown, request: Request, response: Response, next: NextFunction) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    answerError(request, response, error, logger);
  });
  return app;
}

/** Counts every answer and its duration, by route pattern. */
function measure(metrics: Metrics) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const startedAt = performance.now();
    response.once('close', () => {
      const status = response.writableEnded ? String(response.statusCode) : 'aborted';
      const route = routeOf(request);
      metrics.requestSeconds.observe({ route, status }, (performance.now() - startedAt) / 1_000);
    });
    next();
  };
}

/** The pattern of the route that answered; addresses without one share a label. */
function routeOf(request: Request): string {
  const route: unknown = request.route;
  const pattern = typeof route === 'object' && route !== null && 'path' in route ? route.path : undefined;
  if (Array.isArray(pattern)) return String(pattern[0]);
  return typeof pattern === 'string' ? pattern : 'other';
}
