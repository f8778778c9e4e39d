import net from 'node:net';

/** A way to a server on which answers can be held back: for seeing the window wait. */
export interface SlowServer {
  /** Connection string that leads through it. */
  readonly uri: string;
  /** From now on nothing comes back. */
  hold(): void;
  /** Lets everything through again, what was held first. */
  release(): void;
  stop(): Promise<void>;
}

/** Opens a way to the server of a connection string. */
export async function startSlowServer(target: string): Promise<SlowServer> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<net.Socket>();
  let held = false;
  let waiting: (() => void)[] = [];
  const server = net.createServer((client) => {
    const upstream = net.connect(Number(port), hostname);
    sockets.add(client).add(upstream);
    client.pipe(upstream);
    upstream.on('data', (chunk) => {
      if (held) waiting.push(() => client.write(chunk));
      else client.write(chunk);
    });
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const own = typeof address === 'object' && address ? address.port : 0;
  return {
    uri: `mongodb://127.0.0.1:${own}/?directConnection=true`,
    hold: () => {
      held = true;
    },
    release() {
      held = false;
      for (const send of waiting) send();
      waiting = [];
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
