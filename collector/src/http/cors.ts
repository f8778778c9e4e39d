import type { NextFunction, Request, Response } from 'express';

const HEADERS = 'authorization, content-type, content-encoding, x-retry-count, x-write-key';

/** Lets pages of the allowed origins (`*`: all) send events, beacons included, and answers their preflight. */
export function allowOrigins(allowed: readonly string[]) {
  const any = allowed.includes('*');
  return (request: Request, response: Response, next: NextFunction): void => {
    const { origin } = request.headers;
    if (origin !== undefined) {
      response.vary('Origin');
      if (any || allowed.includes(origin)) {
        response.set('Access-Control-Allow-Origin', origin);
        response.set('Access-Control-Allow-Credentials', 'true');
        response.set('Access-Control-Expose-Headers', 'retry-after');
      }
    }
    if (request.method !== 'OPTIONS') {
      next();
      return;
    }
    response.set('Access-Control-Allow-Methods', 'POST, OPTIONS');
    response.set('Access-Control-Allow-Headers', HEADERS);
    response.set('Access-Control-Max-Age', '600');
    response.status(204).end();
  };
}
