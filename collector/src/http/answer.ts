import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { HttpError } from './readBody';

/** Answers with JSON, in one piece. */
export function answerJson(response: ServerResponse, status: number, value: unknown): void {
  // Head and body leave in one write only when the body is a text.
  const body = JSON.stringify(value);
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(body);
}

/** Answers a request that failed or was refused, after the rest of its body; 500 only for faults of ours. */
export function answerError(
  request: IncomingMessage,
  response: ServerResponse,
  error: unknown,
  logger: Logger,
): void {
  const { status, reason, retryAfter } = describe(error);
  if (status >= 500) {
    const route = (request.url ?? '').split('?', 1)[0]?.slice(0, 100);
    logger.error({ route, err: error }, 'a request failed');
  }
  if (retryAfter !== undefined) response.setHeader('Retry-After', String(retryAfter));
  if (status === 401) response.setHeader('WWW-Authenticate', 'Basic realm="waymark"');
  const answer = (): void => {
    if (response.headersSent || response.destroyed) return;
    if (!request.complete) response.setHeader('Connection', 'close');
    answerJson(response, status, { success: false, reason });
  };
  if (request.complete || request.destroyed) answer();
  else discardRest(request, answer);
}

/** What is read and thrown away of a refused request's body, at most, before it is answered. */
const DISCARD_BYTES = 32 * 2 ** 20;
const DISCARD_MS = 5_000;

/**
 * Reads the rest of a refused request without keeping it, then answers: a connection that is closed while its
 * client still sends is reset, and the client never sees the answer.
 */
function discardRest(request: IncomingMessage, answer: () => void): void {
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
