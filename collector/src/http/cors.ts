import type { IncomingMessage, ServerResponse } from 'node:http';

const HEADERS = 'authorization, content-type, content-encoding, x-retry-count, x-write-key';

/** Lets pages of the allowed origins (`*`: all) read the answer to a request of theirs. */
export type AllowOrigin = (request: IncomingMessage, response: ServerResponse) => void;

/** Makes the check of origins. */
export function createAllowOrigin(allowed: readonly string[]): AllowOrigin {
  const any = allowed.includes('*');
  return (request, response) => {
    const { origin } = request.headers;
    if (origin === undefined) return;
    response.setHeader('Vary', 'Origin');
    if (!any && !allowed.includes(origin)) return;
    response.setHeader('Access-Control-Allow-Origin', origin);
    response.setHeader('Access-Control-Allow-Credentials', 'true');
    response.setHeader('Access-Control-Expose-Headers', 'retry-after');
  };
}

/** Answers a preflight, of pages that send beacons included. */
export function answerPreflight(response: ServerResponse): void {
  response.setHeader('Access-Control-Allow-Methods', 'POST, OPTIONS');
  response.setHeader('Access-Control-Allow-Headers', HEADERS);
  response.setHeader('Access-Control-Max-Age', '600');
  response.writeHead(204).end();
}
