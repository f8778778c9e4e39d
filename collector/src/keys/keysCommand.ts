import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { MongoClient } from 'mongodb';
import type { Settings } from '../settings';
import { readKeyList } from './keyList';
import { hashKey, keyCollection, maskKey, type StoredKey } from './keyring';

/** Where the command writes; tests give their own. */
export interface Output {
  out(line: string): void;
  err(line: string): void;
}

const terminal: Output = {
  out: (line) => {
    process.stdout.write(`${line}\n`);
  },
  err: (line) => {
    process.stderr.write(`${line}\n`);
  },
};

/**
 * `keys add|list|revoke`: keys live hashed in the collector's main database, and running collectors notice a
 * change within seconds. A new key is printed once and cannot be shown again. Returns the exit code.
 */
export async function runKeysCommand(
  args: readonly string[],
  settings: Settings,
  output: Output = terminal,
): Promise<number> {
  let parsed;
  try {
    parsed = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { name: { type: 'string' }, database: { type: 'string' }, admin: { type: 'boolean' } },
    });
  } catch (error) {
    output.err(error instanceof Error ? error.message : 'bad arguments');
    return 2;
  }
  const [action, named] = parsed.positionals;
  const name = parsed.values.name ?? named;
  const client = new MongoClient(settings.uri, { serverSelectionTimeoutMS: 8_000 });
  try {
    const keys = keyCollection(client.db(settings.database));
    if (action === 'list') return await list(keys, output);
    if (action === 'revoke' && name !== undefined) return await revoke(keys, name, output);
    if (action === 'add' && name !== undefined) {
      const role = parsed.values.admin ? 'admin' : 'write';
      return await add(keys, { name, role, database: parsed.values.database ?? settings.database }, output);
    }
    output.err('Use: keys add --name NAME [--database DB] [--admin] | keys list | keys revoke NAME');
    return 2;
  } catch (error) {
    output.err(`The database did not answer (${error instanceof Error ? error.name : 'unknown'}).`);
    return 1;
  } finally {
    await client.close();
  }
}

type Keys = ReturnType<typeof keyCollection>;

async function add(
  keys: Keys,
  { name, role, database }: { name: string; role: StoredKey['role']; database: string },
  output: Output,
): Promise<number> {
  const key = `${role === 'admin' ? 'wma' : 'wmk'}_${randomBytes(24).toString('base64url')}`;
  const usable = readKeyList(`${key}:${database}`, database);
  if (!usable.ok || !/^[\w .-]{1,100}$/.test(name)) {
    output.err('A name has 1 to 100 letters, digits, blanks, dots or dashes; a database name is MongoDB’s.');
    return 2;
  }
  const document = {
    _id: name,
    hash: hashKey(key),
    hint: maskKey(key),
    role,
    database,
    createdAt: new Date(),
  };
  if (await keys.findOne({ _id: name })) {
    output.err(`There is a key named "${name}" already; choose another name.`);
    return 2;
  }
  await keys.insertOne(document, { writeConcern: { w: 'majority' } });
  output.out(key);
  output.err(`Key "${name}" (${role}) for database "${database}". It is shown only now.`);
  return 0;
}

async function list(keys: Keys, output: Output): Promise<number> {
  for await (const { _id, hint, role, database, createdAt, revokedAt } of keys.find(
    {},
    { sort: { createdAt: 1 } },
  )) {
    const state = revokedAt ? `revoked ${revokedAt.toISOString()}` : 'in force';
    output.out([_id, hint, role, database, createdAt.toISOString(), state].join('\t'));
  }
  return 0;
}

async function revoke(keys: Keys, name: string, output: Output): Promise<number> {
  const { matchedCount } = await keys.updateOne(
    { _id: name },
    { $set: { revokedAt: new Date() } },
    { writeConcern: { w: 'majority' } },
  );
  if (matchedCount === 0) {
    output.err(`There is no key named "${name}".`);
    return 2;
  }
  output.err(`Key "${name}" is revoked; running collectors refuse it within seconds.`);
  return 0;
}
