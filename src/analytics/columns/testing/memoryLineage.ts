import type { Document } from 'mongodb';
import { WAYMARK_MAPPING } from '../../../shared/model/presets';
import { DAY_MS, HOUR_MS } from '../../../shared/time/units';
import { IdentityMap } from '../../identity/identityMap';
import { assembleBlock, type Numbering } from '../format/assembleBlock';
import { compareEvents, type ColumnEvent, type PropertyColumn } from '../format/columnEvent';
import type { ColumnSnapshot, RawPart } from '../snapshot';

/** Ids by ordinal: those listed, and others that have a number until the list changes. */
class Ids implements Numbering {
  listed: (string | null)[] = [];
  unlisted: string[] = [];

  ordinalOf(id: string): number {
    const listed = this.listed.lastIndexOf(id);
    if (listed >= 0) return listed;
    const known = this.unlisted.indexOf(id);
    return this.listed.length + (known >= 0 ? known : this.unlisted.push(id) - 1);
  }

  get texts(): (string | null)[] {
    return [...this.listed, ...this.unlisted];
  }
}

const HOURS = 6;

/**
 * The columns of one lineage in memory, for tests: events change, a compactor numbers ids and lists them, stretches are
 * hot or cold, and each snapshot tells what a database would.
 */
export class MemoryLineage {
  readonly events = new Map<string, ColumnEvent>();
  /** alias → canonical id. */
  readonly aliases = new Map<string, string>();
  readonly profiles = new Map<string, Document>();
  readonly declared: readonly PropertyColumn[];
  /** Days that are one stretch, not several. */
  readonly #cold = new Set<number>();
  readonly #users = new Ids();
  readonly #sessions = new Ids();
  #numbering = 0;
  #made = 0;

  constructor(declared: readonly PropertyColumn[] = []) {
    this.declared = declared;
  }

  /** Lists every id that events have, in the order told, and makes days hot or cold. */
  compact(order: (ids: string[]) => string[], cold: readonly number[]): void {
    const own = [...this.events.values()];
    const append = (ids: Ids, used: readonly string[]): void => {
      const missing = new Set(used.filter((id) => !ids.listed.includes(id)));
      ids.listed.push(...order([...missing]));
      ids.unlisted = [];
    };
    append(
      this.#users,
      own.map(({ userId }) => userId),
    );
    append(
      this.#sessions,
      own.flatMap(({ sessionId }) => sessionId ?? []),
    );
    this.#numbering += 1;
    for (const day of cold) if (!this.#cold.delete(day)) this.#cold.add(day);
  }

  /** Deletes a user's events, and the id from the list. */
  erase(userId: string): void {
    for (const { id, userId: own } of [...this.events.values()]) if (own === userId) this.events.delete(id);
    this.#users.listed = this.#users.listed.map((id) => (id === userId ? null : id));
    this.#users.unlisted = [];
    this.#sessions.unlisted = [];
    this.#numbering += 1;
  }

  snapshot(): ColumnSnapshot {
    const stretches = new Map<number, ColumnEvent[]>();
    for (const event of [...this.events.values()].sort(compareEvents)) {
      const day = Math.floor(event.at / DAY_MS);
      const length = this.#cold.has(day) ? DAY_MS : HOURS * HOUR_MS;
      const start = Math.floor(event.at / length) * length;
      stretches.set(start, [...(stretches.get(start) ?? []), event]);
    }
    const parts = [...stretches].flatMap(([start, own]) => {
      // Long stretches are several parts, which may share an instant.
      const half = own.length > 8 ? own.length >> 1 : own.length;
      return [own.slice(0, half), own.slice(half)].flatMap((some) => this.#part(start, some));
    });
    const [userIds, sessionIds] = [this.#users.texts, this.#sessions.texts];
    return {
      key: `memory lineage ${this.#made++}`,
      lineage: 'memory lineage',
      listedUsers: this.#users.listed.length,
      numbering: String(this.#numbering),
      database: 'memory',
      mapping: WAYMARK_MAPPING,
      asOf: new Date(0),
      isLive: true,
      properties: this.declared,
      inexact: {},
      userCount: userIds.length,
      sessionCount: sessionIds.length,
      parts,
      userIds: () => Promise.resolve(userIds),
      sessionIds: () => Promise.resolve(sessionIds),
      identities: () => Promise.resolve(new IdentityMap(this.aliases)),
      profiles: () => Promise.resolve(new Map(this.profiles)),
    };
  }

  #part(start: number, events: readonly ColumnEvent[]): RawPart[] {
    const last = events[events.length - 1];
    if (!last) return [];
    const ordinals = { users: this.#users, sessions: this.#sessions };
    const block = assembleBlock(start, events, ordinals, this.declared);
    const isListed =
      block.user.every((ordinal) => ordinal < this.#users.listed.length) &&
      block.session.every((code) => code <= this.#sessions.listed.length);
    const ids = [...block.user, ...block.session].join(' ');
    const key = `${JSON.stringify(events)} ${isListed ? `listed as ${ids}` : `numbering ${this.#numbering}`}`;
    return [{ key, rows: events.length, start, end: last.at + 1, block }];
  }
}
