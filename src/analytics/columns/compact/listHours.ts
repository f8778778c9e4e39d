import type { Document } from 'mongodb';
import { DAY_MS, HOUR_MS } from '../../../shared/time/units';
import { elapsedMsExpr } from '../../mapping/fields';
import { selectEvents, timeMatch } from '../../mapping/selection';
import type { SourceRun } from '../../source/sourceRun';

const everyInstant = -8.64e15;

function countBy(run: SourceRun, widthMs: number): Document[] {
  const elapsed = elapsedMsExpr(run.source.mapping, 0);
  return [{ $group: { _id: { $floor: { $divide: [elapsed, widthMs] } }, events: { $sum: 1 } } }];
}

async function readCounts(
  run: SourceRun,
  pipeline: Document[],
  purpose: string,
): Promise<Map<number, number>> {
  const counts = new Map<number, number>();
  for await (const batch of run.aggregateEvents<{ _id: unknown; events: unknown }>(pipeline, { purpose })) {
    for (const { _id, events } of batch) if (_id !== null) counts.set(Number(_id), Number(events));
  }
  return counts;
}

/** Roughly how many events each UTC day has, by its start (ms); reads an index on time alone where there is one. */
export async function listDays(run: SourceRun): Promise<ReadonlyMap<number, number>> {
  const { mapping } = run.source;
  const { timestamp } = mapping.events.fields;
  const isPlain = mapping.events.unwind === undefined && timestamp.as !== 'iso';
  const select = isPlain
    ? [{ $match: timeMatch(timestamp, everyInstant, undefined) }]
    : selectEvents(mapping, {});
  const counts = await readCounts(run, [...select, ...countBy(run, DAY_MS)], 'days for columns');
  return new Map([...counts].map(([day, events]) => [day * DAY_MS, events]));
}

/** How many events each hour since 1970 has, counted as blocks count them. */
export async function countHours(run: SourceRun): Promise<ReadonlyMap<number, number>> {
  const select = selectEvents(run.source.mapping, {});
  return readCounts(run, [...select, ...countBy(run, HOUR_MS)], 'recount for columns');
}
