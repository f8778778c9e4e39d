import { MongoClient } from 'mongodb';
import type { Mapping } from '../../../shared/model/mapping';
import { parseReport, type ReportInput } from '../../../shared/reports/report';
import type { AnyResult } from '../../../shared/reports/result';
import { runReport } from '../../engine/runReport';
import { openSource } from '../../source/openSource';
import type { Source } from '../../source/source';

/** Asks a report, given without version and range: 1 to 3 March 2026 in UTC, asked on the 10th. */
export type Ask = (report: Record<string, unknown>) => Promise<AnyResult>;

const NOW = Date.parse('2026-03-10T00:00:00Z');
const range = { from: '2026-03-01', to: '2026-03-03', timezone: 'UTC' };

/** Databases laid out as somebody's schema has them, with nothing but what is given. */
export class LaidOut {
  readonly #opened: { readonly source: Source; readonly database: string }[] = [];

  private constructor(
    private readonly uri: string,
    private readonly client: MongoClient,
  ) {}

  static async connect(uri: string): Promise<LaidOut> {
    return new LaidOut(uri, await new MongoClient(uri).connect());
  }

  async create(
    database: string,
    collections: Record<string, Record<string, unknown>[]>,
    mapping: Mapping | undefined,
  ): Promise<Ask> {
    await this.client.db(database).dropDatabase();
    for (const [name, documents] of Object.entries(collections)) {
      await this.client.db(database).collection(name).insertMany(documents);
    }
    const source = await openSource({ uri: this.uri, database, ...(mapping ? { mapping } : {}) });
    this.#opened.push({ source, database });
    return (report) =>
      runReport({ report: parseReport({ version: 1, range, ...report } as ReportInput), source, now: NOW });
  }

  /** Drops the databases and disconnects. */
  async close(): Promise<void> {
    for (const { source, database } of this.#opened) {
      await source.close();
      await this.client.db(database).dropDatabase();
    }
    await this.client.close();
  }
}

/** The counts among the key figures. */
export async function kpisOf(
  ask: Ask,
  filters: unknown[] = [],
): Promise<{ users: number; sessions: number; events: number; pageViews: number; purchases: number }> {
  const result = await ask({ kind: 'kpis', filters });
  if (result.kind !== 'kpis') throw new Error('Expected key figures.');
  const { users, sessions, events, pageViews, purchases } = result.data;
  return { users, sessions, events, pageViews, purchases };
}
