import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import type { Logger } from 'pino';
import type { Metrics } from '../metrics';
import { readNative } from '../wire/native';
import { readPosthogBatch } from '../wire/posthog';
import { readSegmentBatch, readSegmentSingle, type SegmentType } from '../wire/segment';
import { BadBodyError, type Incoming } from '../wire/incoming';
import { allowOrigins } from './cors';
import { createIngest, type IngestOptions } from './ingestHandler';
import { HttpError } from './readBody';
import { addPersonRoutes, type PersonOptions } from './personRoutes';
import { addStatusRoutes, type StatusOptions } from './statusRoutes';
import { createOpenApi } from '../openapi';
import { addSettingsRoute } from './sdkSettings';

export interface AppOptions extends IngestOptions, PersonOptions, StatusOptions {
  logger: Logger;
  metrics: Metrics;
}

/** Addresses of single messages: the word and the browser SDK's letter. */
const SINGLE: readonly (readonly [SegmentType, string])[] = [
  ['track', 't'],
  ['page', 'p'],
  ['screen', 's'],
  ['identify', 'i'],
  ['group', 'g'],
  ['alias', 'a'],
];

const json = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw new BadBodyError('the body is not JSON');
  }
};

/** Builds the HTTP application; everything it needs is given, it opens nothing. */
export function createApp(options: AppOptions): Express {
  const { settings, metrics, logger } = options;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('trust proxy', settings.trustedProxies === 0 ? false : settings.trustedProxies);
  app.set('query parser', 'simple');
  app.use(measure(metrics));
  app.use(allowOrigins(settings.allowedOrigins));

  const { handle } = createIngest(options);
  const readers = new Map<string, (text: string) => Incoming>();
  const take = (paths: string[], read: (text: string) => Incoming): void => {
    for (const path of paths) readers.set(path, read).set(`${path}/`, read);
  };
  take(['/v1/batch', '/v1/b'], (text) => readSegmentBatch(json(text)));
  for (const [type, letter] of SINGLE) {
    take([`/v1/${type}`, `/v1/${letter}`], (text) => readSegmentSingle(json(text), type));
  }
  take(['/batch'], (text) => readPosthogBatch(json(text)));
  take(['/v1/events'], readNative);
  // One look-up in place of a dozen routes, since nearly every request comes here.
  app.use((request: Request, response: Response, next: NextFunction) => {
    const read = request.method === 'POST' ? readers.get(request.path) : undefined;
    if (!read) {
      next();
      return;
    }
    response.locals['route'] = request.path;
    return handle(request, response, read);
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
    const { status, reason, retryAfter } = describe(error);
    if (status >= 500) logger.error({ route: request.path.slice(0, 100), err: error }, 'a request failed');
    if (retryAfter !== undefined) response.set('Retry-After', String(retryAfter));
    if (status === 401) response.set('WWW-Authenticate', 'Basic realm="waymark"');
    const answer = (): void => {
      if (!request.complete) response.set('Connection', 'close');
      response.status(status).json({ success: false, reason });
    };
    if (request.complete || request.destroyed) answer();
    else discardRest(request, answer);
  });
  return app;
}

/** What is read and thrown away of a refused request's body, at most, before it is answered. */
const DISCARD_BYTES = 32 * 2 ** 20;
const DISCARD_MS = 5_000;

/**
 * Reads the rest of a refused request without keeping it, then answers: a connection that is closed while its
 * client still sends is reset, and the client never sees the answer.
 */
function discardRest(request: Request, answer: () => void): void {
  let left = DISCARD_BYTES;
  const finish = (): void => {
    clearTimeout(timer);
    request.off('data', count).off('end', finish).off('close', finish);
    answer();
  };
  const count = (chunk: Buffer): void => {
    left -= chunk.length;
    if (left < 0) finish();
  };
  const timer = setTimeout(finish, DISCARD_MS);
  request.on('data', count).once('end', finish).once('close', finish);
  request.resume();
}

function describe(error: unknown): { status: number; reason: string; retryAfter?: number } {
  if (error instanceof HttpError) {
    return {
      status: error.status,
      reason: error.message,
      ...(error.retryAfter === undefined ? {} : { retryAfter: error.retryAfter }),
    };
  }
  const status = error instanceof Error && 'status' in error ? error.status : undefined;
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return { status, reason: 'the request is malformed' };
  }
  return { status: 500, reason: 'something in the collector failed; it is in its log' };
}

/** Counts every answer and its duration, by route pattern. */
function measure(metrics: Metrics) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const startedAt = performance.now();
    response.once('close', () => {
      const status = response.writableEnded ? String(response.statusCode) : 'aborted';
      const route = routeOf(request, response);
      metrics.requestSeconds.observe({ route, status }, (performance.now() - startedAt) / 1_000);
    });
    next();
  };
}

/** The pattern of the route that answered; addresses without one share a label. */
function routeOf(request: Request, response: Response): string {
  const known: unknown = response.locals['route'];
  if (typeof known === 'string') return known;
  const route: unknown = request.route;
  const pattern = typeof route === 'object' && route !== null && 'path' in route ? route.path : undefined;
  if (Array.isArray(pattern)) return String(pattern[0]);
  return typeof pattern === 'string' ? pattern : 'other';
}
