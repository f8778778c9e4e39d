import type { Timestamp } from 'mongodb';
import type { LookupOrigin } from '../../mapping/fields';
import type { Snapshot } from '../../source/snapshot';
import type { CallOptions, Source } from '../../source/source';
import type { PropertyColumn } from '../format/columnEvent';
import { hourOf, later } from './columnDay';
import { changeStages, hourStages, lookupsOf, readTouches, type Touch } from './touches';

/** What changes mean for columns, taken together. */
export interface Changes {
  /** Every change before this moment is in it. */
  through: Timestamp;
  /** Last change by hour since 1970. */
  readonly hours: Map<number, Timestamp>;
  identities?: Timestamp | undefined;
  users?: Timestamp | undefined;
  removed?: Timestamp | undefined;
  rewritten?: Timestamp | undefined;
  reset?: Timestamp | undefined;
  /** How many there were. */
  count: number;
}

export const noChanges = (through: Timestamp): Changes => ({ through, hours: new Map(), count: 0 });

function noteHour(changes: Changes, instant: number, at: Timestamp): void {
  const hour = hourOf(instant);
  const last = later(changes.hours.get(hour), at);
  if (last) changes.hours.set(hour, last);
}

/** Adds one change; what looked-up documents mean for hours is left to the caller. */
export function noteTouch(changes: Changes, touch: Touch): void {
  if (touch.kind === 'events') for (const instant of touch.instants) noteHour(changes, instant, touch.at);
  else if (touch.kind !== 'lookedUp' && touch.kind !== 'updated')
    changes[touch.kind] = later(changes[touch.kind], touch.at);
}

/** Adds what `more`, which follows, says. */
export function addChanges(changes: Changes, more: Changes): void {
  for (const [hour, at] of more.hours) {
    const last = later(changes.hours.get(hour), at);
    if (last) changes.hours.set(hour, last);
  }
  for (const kind of ['identities', 'users', 'removed', 'rewritten', 'reset'] as const) {
    changes[kind] = later(changes[kind], more[kind]);
  }
  changes.through = later(changes.through, more.through) ?? changes.through;
  changes.count += more.count;
}

export interface FollowOptions extends CallOptions {
  readonly source: Source;
  readonly declared: readonly PropertyColumn[];
  /** Where the last look ended. */
  readonly from: Timestamp;
  /** Changes up to here, itself included, are known from an earlier look that was not broken off. */
  readonly known?: Timestamp | undefined;
  /** The moment to be understood: later changes are left for the next look. */
  readonly snapshot: Snapshot;
}

/**
 * What has changed in a database since a moment, in batches in the order of time. Whoever wrote it: the changes come
 * from the cluster's own log.
 * @throws WaymarkError `badInput` where the log does not reach back so far, or where there is none
 */
export async function* followChanges(options: FollowOptions): AsyncGenerator<Changes> {
  const { source, declared, from, known, ...call } = options;
  const until = options.snapshot.at;
  const { mapping } = source;
  const lookups = lookupsOf(mapping, declared);
  const { stages, fields } = changeStages(mapping, source.serverVersion);
  for await (const batch of source.changes({ from, until }, stages, fields, call)) {
    const changes = noChanges(batch.through.greaterThan(until) ? until : batch.through);
    const lookedUp = new Map<LookupOrigin | 'event', { ids: Set<unknown>; at: Timestamp }>();
    for (const document of batch.changes) {
      for (const touch of readTouches(document, mapping, lookups)) {
        if (touch.at.greaterThan(until) || known?.greaterThanOrEqual(touch.at) === true) continue;
        changes.count++;
        noteTouch(changes, touch);
        if (touch.kind !== 'lookedUp' && touch.kind !== 'updated') continue;
        const [origin, ids] =
          touch.kind === 'updated' ? (['event', [touch.key]] as const) : ([touch.origin, touch.ids] as const);
        const same = lookedUp.get(origin) ?? { ids: new Set(), at: touch.at };
        for (const id of ids) same.ids.add(id);
        lookedUp.set(origin, { ids: same.ids, at: later(same.at, touch.at) ?? same.at });
      }
    }
    for (const [origin, { ids, at }] of lookedUp) {
      const stagesOf = hourStages(mapping, origin, [...ids]);
      const found = source.aggregate<{ at?: Date | null }>(mapping.events.collection, stagesOf, call);
      for await (const hours of found) {
        for (const hour of hours) if (hour.at instanceof Date) noteHour(changes, hour.at.getTime(), at);
      }
    }
    yield changes;
  }
}
