import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MongoClient } from 'mongodb';
import { freePort } from '../../../scripts/processes/freePort.mjs';
import { startLeashed } from '../../../scripts/processes/startLeashed.mjs';
import { provideMongod } from '../../../scripts/provide/mongod.mjs';
import type { CertificateFiles } from './certificates';

/** A real server that asks for a login: user `ana` may read the database `shop`. */
export interface LockedMongo {
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** The connection string with the right login; for preparing data. */
  readonly adminUri: string;
  stop(): Promise<void>;
}

const READY_WITHIN_MS = 30_000;

/** Starts the server; with certificates it speaks nothing but TLS, and their client may read `shop` too. */
export async function startLockedMongo(
  password = 'correct horse/battery@staple',
  certificates?: CertificateFiles,
): Promise<LockedMongo> {
  const { path: mongod } = await provideMongod();
  const folder = await mkdtemp(path.join(tmpdir(), 'waymark-locked-'));
  const port = await freePort();
  const server = await startLeashed(
    mongod,
    [
      ...['--auth', '--bind_ip', '127.0.0.1', '--port', String(port), '--dbpath', folder],
      ...['--wiredTigerCacheSizeGB', '0.25'],
      ...(process.platform === 'win32' ? [] : ['--nounixsocket']),
      ...(certificates
        ? [
            ...['--tlsMode', 'requireTLS', '--tlsCAFile', certificates.ca],
            ...['--tlsCertificateKeyFile', certificates.server, '--tlsAllowConnectionsWithoutCertificates'],
            ...['--setParameter', 'authenticationMechanisms=SCRAM-SHA-256,MONGODB-X509'],
          ]
        : []),
    ],
    { removeWithOwner: folder },
  );
  const tls = certificates ? `&tls=true&tlsCAFile=${encodeURIComponent(certificates.ca)}` : '';
  const address = `127.0.0.1:${port}/?directConnection=true${tls}`;
  // Until there is a user, the server lets its own machine make one.
  const client = new MongoClient(`mongodb://${address}`, { serverSelectionTimeoutMS: READY_WITHIN_MS });
  await client.db('admin').command({ createUser: 'root', pwd: password, roles: ['root'] });
  await client.close();
  const adminUri = `mongodb://root:${encodeURIComponent(password)}@${address}`;
  const admin = new MongoClient(adminUri);
  await admin.db('admin').command({
    createUser: 'ana',
    pwd: password,
    roles: [{ role: 'read', db: 'shop' }],
  });
  if (certificates)
    await admin.db('$external').command({
      createUser: certificates.clientSubject,
      roles: [{ role: 'read', db: 'shop' }],
    });
  await admin.close();
  return {
    port,
    user: 'ana',
    password,
    adminUri,
    async stop() {
      await server.kill();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
