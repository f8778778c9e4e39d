import { hash } from 'node:crypto';
import type { Collection, Db } from 'mongodb';
import type { WriteKey } from './keyList';

/** What a key lets its holder do. */
export interface Grant {
  /** A name for logs, metrics and limits that does not give the key away. */
  readonly name: string;
  /** The project's database; null for an admin key that holds for every project. */
  readonly database: string | null;
  readonly role: 'write' | 'admin';
}

/** A key as stored: its SHA-256 (keys are random, so no salt is needed) and how it looks from outside. */
export interface StoredKey {
  /** The key's name, as `keys list` shows it. */
  _id: string;
  hash: string;
  hint: string;
  role: 'write' | 'admin';
  database: string;
  createdAt: Date;
  revokedAt?: Date;
}

export const hashKey = (key: string): string => hash('sha256', key, 'hex');

/** A key as it may be shown: its first and last characters at most. */
export const maskKey = (key: string): string =>
  key.length < 12 ? '…' : `${key.slice(0, 3)}…${key.slice(-2)}`;

/** The collection that holds the stored keys, in the collector's main database. */
export const keyCollection = (db: Db): Collection<StoredKey> => db.collection<StoredKey>('collectorKeys');

/** The keys in force. Look-ups go by a key's hash, so their duration says nothing about the key. */
export class Keyring {
  private readonly fixed = new Map<string, Grant>();
  private stored = new Map<string, Grant>();

  constructor(keys: readonly WriteKey[], adminKeys: readonly string[]) {
    for (const [index, { key, database }] of keys.entries()) {
      this.fixed.set(hashKey(key), {
        name: `environment ${index + 1}`,
        database,
        role: 'write',
      });
    }
    for (const [index, key] of adminKeys.entries()) {
      this.fixed.set(hashKey(key), {
        name: `admin ${index + 1}`,
        database: null,
        role: 'admin',
      });
    }
  }

  /** What a key grants, or undefined when it is unknown or revoked. */
  find(key: string): Grant | undefined {
    const hash = hashKey(key);
    return this.fixed.get(hash) ?? this.stored.get(hash);
  }

  /** Reads the stored keys anew, so that added and revoked ones take effect without a restart. */
  async reload(db: Db): Promise<void> {
    const stored = new Map<string, Grant>();
    for await (const key of keyCollection(db).find({ revokedAt: { $exists: false } })) {
      stored.set(key.hash, { name: key._id, database: key.database, role: key.role });
    }
    this.stored = stored;
  }

  /** The databases that keys in force write to. */
  databases(): string[] {
    const grants = [...this.fixed.values(), ...this.stored.values()];
    return [...new Set(grants.flatMap(({ database }) => database ?? []))];
  }
}
