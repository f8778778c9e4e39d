import { describe, expect, it } from 'vitest';
import { CALLS, EVENTS, isChannel } from './contract';
import { DEFAULT_SETTINGS, settingsPatchSchema } from './settings';

const connection = {
  id: '0b1e3a52-65a4-4c5c-9b1e-1d2f3a4b5c6d',
  name: 'Shop',
  address: 'mongodb://db.example:27017',
  login: { method: 'password', username: 'ana' },
  readOnly: false,
  shownAddress: 'db.example:27017',
  kind: 'saved',
  secret: 'keychain',
};

describe('the contract', () => {
  it('knows its own channels and nothing inherited', () => {
    expect(isChannel('report.run')).toBe(true);
    for (const name of ['constructor', '__proto__', 'toString', 'report.drop', '', 7, null]) {
      expect(isChannel(name)).toBe(false);
    }
  });

  it('refuses unknown keys in every request', () => {
    for (const [name, { request }] of Object.entries(CALLS)) {
      const parsed = request.safeParse({ surprise: true });
      expect(parsed.success, name).toBe(false);
    }
  });

  it('lets no id be a path, and no database name more than a name', () => {
    const takes = (channel: 'workspace.open' | 'connections.remove', id: string): boolean =>
      CALLS[channel].request.safeParse({ id }).success;
    expect(takes('workspace.open', connection.id)).toBe(true);
    for (const id of ['../../settings', '..\\..\\settings', '/etc/passwd', 'C:settings', 'abcdefgh\0', '']) {
      expect([id, takes('workspace.open', id), takes('connections.remove', id)]).toEqual([id, false, false]);
    }
    const { name, address, login, readOnly } = connection;
    for (const database of ['a/b', 'a.b', '$external', 'a b', 'a\0b', '']) {
      const draft = { name, address, login, readOnly, database };
      expect([database, CALLS['connections.add'].request.safeParse({ draft }).success]).toEqual([
        database,
        false,
      ]);
    }
    const draft = { name, address, login, readOnly, database: 'shop' };
    expect(CALLS['connections.add'].request.safeParse({ draft }).success).toBe(true);
  });

  it('never lets a secret out: an answer with one more key loses it', () => {
    const answer = CALLS['connections.list'].response.parse({
      connections: [{ ...connection }],
      keychain: { available: true },
      password: 'hunter2',
    });
    expect(JSON.stringify(answer)).not.toContain('hunter2');
    const stored = CALLS['connections.add'].response.parse({ ...connection, password: 'hunter2' });
    expect(stored).toEqual(connection);
  });

  it('refuses fields that could become operators in suggestions', () => {
    const { request } = CALLS['suggest.values'];
    expect(request.safeParse({ field: 'properties.plan' }).success).toBe(true);
    for (const field of ['$where', 'properties.$where', 'properties.a..b', 'password', 'properties.']) {
      expect(request.safeParse({ field }).success, field).toBe(false);
    }
  });

  it('fills a settings change with nothing that was not said', () => {
    expect(settingsPatchSchema.parse({ theme: 'dark' })).toEqual({ theme: 'dark' });
    expect(settingsPatchSchema.safeParse({ timezone: 'Mars/Base' }).success).toBe(false);
    expect(EVENTS['settings.changed'].parse({})).toEqual(DEFAULT_SETTINGS);
  });
});
