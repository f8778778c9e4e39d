/** A load generator that costs little itself: prebuilt requests over raw keep-alive connections. */
import { connect } from 'node:net';

/** What a run of requests took. */
export interface LoadFigures {
  /** Requests answered 200. */
  ok: number;
  /** Requests answered otherwise, by status. */
  refused: Map<number, number>;
  seconds: number;
  /** Time from request to whole answer, milliseconds, ascending. */
  latenciesMs: number[];
}

/** A whole POST request as bytes. */
export function buildRequest(target: URL, key: string, body: string): Buffer {
  const payload = Buffer.from(body);
  const head =
    `POST ${target.pathname}${target.search} HTTP/1.1\r\nHost: ${target.host}\r\nX-Write-Key: ${key}\r\n` +
    `Content-Type: application/json\r\nContent-Length: ${payload.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), payload]);
}

/** Sends every request once over `connections`, each of which waits for an answer before its next request. */
export async function sendAll(
  target: URL,
  requests: Iterable<Buffer>,
  connections: number,
): Promise<LoadFigures> {
  const source = requests[Symbol.iterator]();
  const figures: LoadFigures = { ok: 0, refused: new Map(), seconds: 0, latenciesMs: [] };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: connections }, () => runConnection(target, source, figures)));
  figures.seconds = (performance.now() - startedAt) / 1_000;
  figures.latenciesMs.sort((a, b) => a - b);
  return figures;
}

function runConnection(target: URL, source: Iterator<Buffer>, figures: LoadFigures): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(target.port), target.hostname);
    socket.setNoDelay(true);
    let sentAt = 0;
    let received = '';
    const next = (): void => {
      const { value, done } = source.next();
      if (done) {
        socket.end();
        resolve();
        return;
      }
      sentAt = performance.now();
      socket.write(value);
    };
    socket.once('connect', next);
    socket.once('error', reject);
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      const head = received.indexOf('\r\n\r\n');
      if (head < 0) return;
      const length = Number(/content-length: (\d+)/i.exec(received)?.[1] ?? 0);
      if (received.length < head + 4 + length) return;
      const status = Number(received.slice(9, 12));
      received = '';
      figures.latenciesMs.push(performance.now() - sentAt);
      if (status === 200) figures.ok += 1;
      else figures.refused.set(status, (figures.refused.get(status) ?? 0) + 1);
      next();
    });
  });
}

/** The value below which a share of ascending values lies. */
export const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
