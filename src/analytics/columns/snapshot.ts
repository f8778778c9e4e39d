import type { Document } from 'mongodb';
import type { Mapping } from '../../shared/model/mapping';
import type { IdentityMap } from '../identity/identityMap';
import type { Block } from './format/block';
import type { PropertyColumn } from './format/columnEvent';

/** A stored block of a snapshot: immutable, named by its content. */
export interface StoredPart {
  readonly rows: number;
  /** Time it covers, ms; `end` exclusive. */
  readonly start: number;
  readonly end: number;
  /** SHA-256 of the bytes, in hex. */
  readonly hash: string;
  /** Size as stored. */
  readonly bytes: number;
  /** Whether reading it takes a network, so that a copy on disk pays. */
  readonly isRemote: boolean;
  /**
   * The block as `encodeBlock` wrote it, in memory that is the caller's own.
   * @throws PartGone when it was replaced meanwhile: ask for a new snapshot
   */
  read(): Promise<Uint8Array>;
}

/** Events of a bucket that no block holds yet, read raw. */
export interface RawPart {
  /** Within a lineage, parts of equal keys and starts hold the same rows under the same ordinals. */
  readonly key: string;
  readonly rows: number;
  readonly start: number;
  readonly end: number;
  readonly block: Block;
}

export type SnapshotPart = StoredPart | RawPart;

/** A block that a newer one has replaced. */
export class PartGone extends Error {
  constructor() {
    super('A column block was replaced while it was read.');
    this.name = 'PartGone';
  }
}

/** Everything that columns know of a database at one moment. It does not change. */
export interface ColumnSnapshot {
  /** Equal keys mean equal content. */
  readonly key: string;
  /** Within one lineage a listed ordinal never changes its meaning. */
  readonly lineage: string;
  /** User ordinals below are listed; those from there on mean the same under equal `numbering` only. */
  readonly listedUsers: number;
  /** Names how ids that no list holds yet were numbered. */
  readonly numbering: string;
  readonly database: string;
  readonly mapping: Mapping;
  /** The moment whose events it holds, all of them. */
  readonly asOf: Date;
  /** Whether that moment is the moment of asking; false for a build of some time ago. */
  readonly isLive: boolean;
  /** Declared properties, by name. */
  readonly properties: readonly PropertyColumn[];
  /** Columns that could not hold every value exactly, by report field, with the reason. */
  readonly inexact: Readonly<Record<string, string>>;
  /** Lengths of the lists of raw user ids and of session ids. */
  readonly userCount: number;
  readonly sessionCount: number;
  /** In time order; no two share an instant, except parts of one bucket that follow each other in row order. */
  readonly parts: readonly SnapshotPart[];
  /** Raw user ids by ordinal; null where no event has it. */
  userIds(): Promise<readonly (string | null)[]>;
  /** Session ids by ordinal; null where no event has it. */
  sessionIds(): Promise<readonly (string | null)[]>;
  identities(): Promise<IdentityMap>;
  /** User documents as stored, by canonical id. */
  profiles(): Promise<ReadonlyMap<string, Document>>;
}
