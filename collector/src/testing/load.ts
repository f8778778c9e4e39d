/** A sender that behaves as a careful client: what is not acknowledged is sent again, unchanged. */
import { Agent, request } from 'node:http';
import { WRITE_KEY } from './runCollector';

/** An HTTP answer; status 0 when the connection failed. */
export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

const agent = new Agent({ keepAlive: true, maxSockets: 256 });

/** Sends one request; never throws. */
export function send(
  url: string,
  body: string | Buffer,
  options: {
    method?: string;
    headers?: Record<string, string>;
    key?: string | null;
    timeoutMs?: number;
  } = {},
): Promise<Answer> {
  const { method = 'POST', headers = {}, key = WRITE_KEY, timeoutMs = 20_000 } = options;
  return new Promise((resolve) => {
    const failed = (error: Error): void => resolve({ status: 0, headers: {}, body: error.message });
    const outgoing = request(
      url,
      {
        method,
        agent,
        timeout: timeoutMs,
        headers: {
          ...(key === null ? {} : { 'x-write-key': key }),
          'content-length': Buffer.byteLength(body),
          ...headers,
        },
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('end', () =>
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            body: Buffer.concat(chunks).toString('utf8'),
          }),
        );
        incoming.on('error', failed);
      },
    );
    outgoing.on('error', failed);
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer for ${timeoutMs} ms`)));
    outgoing.end(body);
  });
}

/** A load of native events in batches, by `senders` at once, until it is stopped. */
export class Load {
  /** Ids that were sent, and those that were acknowledged. */
  readonly sent = new Set<string>();
  readonly acknowledged = new Set<string>();
  readonly statuses = new Map<number, number>();
  private unanswered: string[][] = [];
  private next = 0;

  constructor(
    private readonly name: string,
    private readonly batchSize = 20,
  ) {}

  /** Sends to `url` until the signal is raised; what is not acknowledged is sent again by the next run. */
  async run(url: string, senders: number, signal: AbortSignal, pauseMs = 0): Promise<void> {
    const sender = async (): Promise<void> => {
      while (!signal.aborted) {
        await this.sendOne(url);
        if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
    };
    await Promise.all(Array.from({ length: senders }, sender));
  }

  /** Sends again everything that was never acknowledged. */
  async finish(url: string): Promise<void> {
    while (this.unanswered.length > 0) await this.sendOne(url);
  }

  private async sendOne(url: string): Promise<void> {
    const ids =
      this.unanswered.shift() ??
      Array.from({ length: this.batchSize }, () => `${this.name}-${(this.next += 1)}`);
    for (const id of ids) this.sent.add(id);
    const events = ids.map((id) => eventOf(id, Number(id.slice(id.lastIndexOf('-') + 1))));
    const { status } = await send(`${url}/v1/events`, JSON.stringify(events));
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
    if (status === 200) for (const id of ids) this.acknowledged.add(id);
    else {
      this.unanswered.push(ids);
      await new Promise((resolve) => setTimeout(resolve, status === 0 ? 20 : 100));
    }
  }
}

/** Runs a load against a collector while something happens, begins a little before it and ends a little after. */
export async function loadDuring(url: string, name: string, happening: () => Promise<void>): Promise<Load> {
  const load = new Load(name);
  const stop = new AbortController();
  const running = load.run(url, 4, stop.signal, 40);
  await new Promise((resolve) => setTimeout(resolve, 400));
  await happening();
  await new Promise((resolve) => setTimeout(resolve, 400));
  stop.abort();
  await running;
  return load;
}

const START = Date.UTC(2025, 0, 6, 8);

/** A deterministic event: fifty users, visitors who sign in, short sessions, some of them with ids. */
export const eventOf = (messageId: string, number: number): Record<string, unknown> => {
  const user = number % 50;
  const signedIn = number % 7 === 0;
  return {
    messageId,
    ...(signedIn
      ? { userId: `user-${user}`, anonymousId: `visitor-${user}` }
      : { anonymousId: `visitor-${user}` }),
    ...(number % 5 === 0 ? { sessionId: `s${Math.floor(number / 500)}` } : {}),
    eventType: number % 3 === 0 ? 'purchase' : 'page_visit',
    timestamp: new Date(START + number * 97_000).toISOString(),
    page: { path: `/p/${number % 10}` },
    properties: { number, note: 'an ordinary property' },
  };
};
