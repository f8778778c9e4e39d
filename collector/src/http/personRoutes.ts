import type { Express, Request } from 'express';
import type { MongoClient } from 'mongodb';
import { openStores } from '../../../src/analytics/ingest/stores';
import type { Intake } from '../intake/intake';
import { type Erasures, KNOWN_WITHIN_MS } from '../intake/erasures';
import type { Grant, Keyring } from '../keys/keyring';
import { erasePerson, exportPerson } from '../person';
import type { Settings } from '../settings';
import { HttpError } from './readBody';
import { keyOfHeaders } from './requestKey';

export interface PersonOptions {
  settings: Settings;
  intake: Intake;
  client: MongoClient;
  keyring: Keyring;
  erasures: Erasures;
}

/** How long a deletion waits for what the log still holds of the person. */
const DRAIN_MS = 30_000;

/** `DELETE /v1/users/:id` and `GET /v1/users/:id/export`, for an admin key. */
export function addPersonRoutes(app: Express, options: PersonOptions): void {
  const { settings, intake, client, keyring, erasures } = options;

  const authorize = (request: Request): { grant: Grant; database: string; id: string } => {
    const key = keyOfHeaders(request);
    const grant = key === undefined ? undefined : keyring.find(key);
    if (!grant) throw new HttpError(401, 'an admin key is needed');
    if (grant.role !== 'admin') throw new HttpError(403, 'this key may only send events');
    const { id } = request.params;
    if (typeof id !== 'string' || id === '' || id.length > 1_000)
      throw new HttpError(400, 'that is no user id');
    const asked = request.query['database'];
    const database = grant.database ?? (typeof asked === 'string' ? asked : settings.database);
    if (!keyring.databases().includes(database) && database !== settings.database) {
      throw new HttpError(404, 'no project has that database');
    }
    return { grant, database, id };
  };

  app.delete('/v1/users/:id', async (request, response) => {
    const { grant, database, id } = authorize(request);
    const stores = openStores(client.db(database));
    const at = new Date();
    const untilKnown = async (): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, KNOWN_WITHIN_MS));
      await intake.drain(AbortSignal.timeout(DRAIN_MS));
    };
    const db = client.db(database);
    const counts = await unlessUnreachable(
      erasePerson({ db, stores, erasures, database, id, by: grant.name, at, untilKnown }),
    );
    if (!counts) throw new HttpError(404, 'nothing is known of that user');
    response.json({ success: true, deleted: counts });
  });

  app.get('/v1/users/:id/export', async (request, response) => {
    const { grant, database, id } = authorize(request);
    const stores = openStores(client.db(database));
    const lines = await unlessUnreachable(
      exportPerson({ db: client.db(database), stores, id, by: grant.name }),
    );
    if (!lines) throw new HttpError(404, 'nothing is known of that user');
    response.type('application/x-ndjson');
    for await (const line of lines) {
      if (!response.write(`${JSON.stringify(line)}\n`)) {
        await new Promise((resolve) => response.once('drain', resolve).once('close', resolve));
      }
      if (response.destroyed) return;
    }
    response.end();
  });
}

/** A database that cannot be reached is a 503, not a fault of ours. */
async function unlessUnreachable<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw new HttpError(
      503,
      `the database did not answer (${error instanceof Error ? error.name : 'unknown'})`,
      10,
    );
  }
}
