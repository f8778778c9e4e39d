import type { Document } from 'mongodb';
import type { Mapping } from '../../shared/model/mapping';
import { valueAt } from '../mapping/documents';
import { elapsedMsExpr } from '../mapping/fields';
import { selectEvents } from '../mapping/selection';
import { eachDocument } from '../source/source';
import type { SourceRun } from '../source/sourceRun';

/** The newest or the oldest stored timestamp over all events (ms); null when there are none. */
export async function findEdgeTimestamp(run: SourceRun, edge: 'newest' | 'oldest'): Promise<number | null> {
  const { mapping } = run.source;
  const { timestamp, userId } = mapping.events.fields;
  if (mapping.events.unwind !== undefined || timestamp.as === 'iso') return scanForEdge(run, mapping, edge);
  const { path } = timestamp;
  const type = timestamp.as === 'date' ? 'date' : 'number';
  const documents = run.find<Document>(
    mapping.events.collection,
    { [path]: { $type: type }, [userId]: { $ne: null } },
    {
      sort: { [path]: edge === 'newest' ? -1 : 1 },
      limit: 1,
      projection: { [path]: 1 },
      purpose: `${edge} event`,
    },
  );
  for await (const document of eachDocument(documents)) {
    const value = valueAt(document, path);
    if (value instanceof Date) return value.getTime();
    return Math.floor(Number(value) * (timestamp.as === 'epochSec' ? 1000 : 1));
  }
  return null;
}

async function scanForEdge(
  run: SourceRun,
  mapping: Mapping,
  edge: 'newest' | 'oldest',
): Promise<number | null> {
  const operator = edge === 'newest' ? '$max' : '$min';
  const pipeline = [
    ...selectEvents(mapping, {}),
    { $group: { _id: null, at: { [operator]: elapsedMsExpr(mapping, 0) } } },
  ];
  for await (const { at } of eachDocument(
    run.aggregateEvents<{ at: number | null }>(pipeline, { purpose: `${edge} event` }),
  )) {
    return at === null ? null : Number(at);
  }
  return null;
}

/** The instant up to which the data tells everything: the earlier of now and the newest timestamp (ms). */
export async function findDataThrough(run: SourceRun, now: number): Promise<number | null> {
  const newest = await findEdgeTimestamp(run, 'newest');
  return newest === null ? null : Math.min(now, newest);
}
