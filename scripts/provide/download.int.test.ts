import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../processes/freePort.mjs';
import { download, isReachable } from './download.mjs';

const content = 'x'.repeat(100_000);
const sha256 = createHash('sha256').update(content).digest('hex');
let server: Server;
let folder: string;
let base: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'waymark-download-'));
  server = createServer((request, response) => {
    if (request.url === '/file') response.end(content);
    else if (request.url !== '/silent') response.writeHead(404).end();
  }).listen(await freePort(), '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  base = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
});

afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true, force: true });
});

test('a file with the expected checksum arrives whole', async () => {
  const file = path.join(folder, 'good');
  await download(`${base}/file`, file, sha256);
  expect(await readFile(file, 'utf8')).toBe(content);
});

test('a file with another checksum is refused', async () => {
  const attempt = download(`${base}/file`, path.join(folder, 'bad'), '0'.repeat(64));
  await expect(attempt).rejects.toThrow(/checksum/);
});

test('a missing file is refused with the status', async () => {
  await expect(download(`${base}/none`, path.join(folder, 'none'), sha256)).rejects.toThrow('answered 404');
});

test('a host that accepts and stays silent is given up after a few seconds', async () => {
  await expect(download(`${base}/silent`, path.join(folder, 'silent'), sha256)).rejects.toThrow(
    'out of reach',
  );
});

test('a host where nobody listens is out of reach', async () => {
  expect(await isReachable(`http://127.0.0.1:${await freePort()}/`)).toBe(false);
  expect(await isReachable(base)).toBe(true);
});
