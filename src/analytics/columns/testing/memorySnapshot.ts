import type { Document } from 'mongodb';
import { WAYMARK_MAPPING } from '../../../shared/model/presets';
import { DAY_MS } from '../../../shared/time/units';
import { IdentityMap } from '../../identity/identityMap';
import { assembleBlock } from '../format/assembleBlock';
import { compareEvents, type ColumnEvent, type PropertyColumn } from '../format/columnEvent';
import { Ordinals } from '../format/ordinals';
import type { ColumnSnapshot } from '../snapshot';

export interface MemorySnapshotOptions {
  /** alias → canonical id. */
  readonly identities?: ReadonlyMap<string, string>;
  readonly declared?: readonly PropertyColumn[];
  readonly profiles?: ReadonlyMap<string, Document>;
}

let made = 0;

/** Events in memory as a snapshot of one raw part a day, for tests. */
export function memorySnapshot(
  events: readonly ColumnEvent[],
  { identities = new Map(), declared = [], profiles = new Map() }: MemorySnapshotOptions = {},
): ColumnSnapshot {
  const ordinals = { users: new Ordinals(), sessions: new Ordinals() };
  const days = new Map<number, ColumnEvent[]>();
  for (const event of [...events].sort(compareEvents)) {
    const day = Math.floor(event.at / DAY_MS) * DAY_MS;
    days.set(day, [...(days.get(day) ?? []), event]);
  }
  const lineage = `memory ${made++}`;
  const parts = [...days].map(([start, own]) => ({
    key: lineage,
    rows: own.length,
    start,
    end: (own[own.length - 1]?.at ?? start) + 1,
    block: assembleBlock(start, own, ordinals, declared),
  }));
  return {
    key: 'memory',
    lineage,
    listedUsers: ordinals.users.size,
    numbering: '',
    database: 'memory',
    mapping: WAYMARK_MAPPING,
    asOf: new Date(0),
    isLive: false,
    properties: declared,
    inexact: {},
    userCount: ordinals.users.size,
    sessionCount: ordinals.sessions.size,
    parts,
    userIds: () => Promise.resolve(ordinals.users.texts),
    sessionIds: () => Promise.resolve(ordinals.sessions.texts),
    identities: () => Promise.resolve(new IdentityMap(identities)),
    profiles: () => Promise.resolve(profiles),
  };
}
