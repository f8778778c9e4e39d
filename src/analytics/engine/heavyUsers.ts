import type { Document } from 'mongodb';
import { WaymarkError } from '../../shared/errors';
import { rawUserExpr } from '../mapping/fields';
import { HEAVY_EVENTS } from '../pipeline/sessions';
import { eachDocument } from '../source/source';
import type { SourceRun } from '../source/sourceRun';

/** Whether the server gave up because one group's arrays outgrew its memory. */
export function isMemoryLimit(error: unknown): boolean {
  return error instanceof WaymarkError && error.code === 'memoryLimit';
}

/** The stored ids of users with more selected events than may be gathered in one array. */
export async function findHeavyUsers(run: SourceRun, stages: readonly Document[]): Promise<unknown[]> {
  const pipeline = [
    ...stages,
    { $group: { _id: rawUserExpr(run.source.mapping), n: { $sum: 1 } } },
    { $match: { n: { $gt: HEAVY_EVENTS } } },
  ];
  const heavy: unknown[] = [];
  for await (const { _id } of eachDocument(
    run.aggregateEvents<{ _id: unknown }>(pipeline, { purpose: 'users with very many events' }),
  )) {
    heavy.push(_id);
  }
  return heavy;
}
