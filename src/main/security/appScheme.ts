import { promises as fs } from 'node:fs';
import path from 'node:path';
import { protocol, type Session } from 'electron';

/** The scheme and origin the window is served from; `file://` would let a page read the disk. */
export const APP_SCHEME = 'waymark';
export const APP_ORIGIN = `${APP_SCHEME}://app`;

/** Scripts only from the app itself, no `eval`, no network at all. Plotly and Blueprint set style attributes. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-src 'none'",
  "frame-ancestors 'none'",
  "object-src 'none'",
].join('; ');

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
  '.ttf': 'font/ttf',
  '.json': 'application/json',
};

/** What a request to the app's scheme gets. */
export interface SchemeAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Must run before the app is ready: makes the scheme a secure origin of its own. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: APP_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

const refusal = (status: number): SchemeAnswer => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body: Buffer.from(status === 404 ? 'Not found' : 'Refused'),
});

/**
 * The built file that a URL of the app names, with its headers. Only files below `folder`; nothing outside
 * it however the path is written.
 */
export async function answerFromFolder(folder: string, address: string): Promise<SchemeAnswer> {
  const url = new URL(address);
  if (url.host !== 'app') return refusal(403);
  let pathname: string;
  try {
    pathname = decodeURIComponent(url.pathname);
  } catch {
    return refusal(400);
  }
  const file = path.join(folder, pathname === '/' ? 'index.html' : pathname);
  const type = TYPES[path.extname(file)];
  if (!file.startsWith(folder + path.sep) || pathname.includes('\0') || type === undefined)
    return refusal(403);
  try {
    return {
      status: 200,
      headers: {
        'content-type': type,
        'content-security-policy': CONTENT_SECURITY_POLICY,
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-cache',
      },
      body: await fs.readFile(file),
    };
  } catch {
    return refusal(404);
  }
}

/** Answers a session's requests to the app's scheme, by whichever way this Electron has. */
export function serveScheme(session: Session, answer: (address: string) => Promise<SchemeAnswer>): void {
  // `handle` came with Electron 25.
  if (typeof session.protocol.handle === 'function') {
    session.protocol.handle(APP_SCHEME, async (request) => {
      const { status, headers, body } = await answer(request.url);
      return new Response(new Uint8Array(body), { status, headers });
    });
    return;
  }
  session.protocol.registerBufferProtocol(APP_SCHEME, (request, respond) => {
    void answer(request.url).then(({ status, headers, body }) =>
      respond({
        statusCode: status,
        headers: { ...headers },
        mimeType: headers['content-type'] ?? '',
        data: body,
      }),
    );
  });
}
