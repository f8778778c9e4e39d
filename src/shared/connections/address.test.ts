import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { connectionDraftSchema, type ConnectionDraft } from '../ipc/connections';
import { composeConnectionString, databaseOf, parseAddress, separateSecrets, showAddress } from './address';

const draft = (more: Partial<ConnectionDraft> & { address: string }): ConnectionDraft =>
  connectionDraftSchema.parse({ name: 'Shop', ...more });

describe('addresses', () => {
  it('reads plain hosts, replica sets, srv and IPv6', () => {
    expect(parseAddress('localhost:27017')).toMatchObject({ scheme: 'mongodb', hosts: 'localhost:27017' });
    expect(parseAddress('mongodb://a:1,b:2/shop?replicaSet=rs0')).toMatchObject({
      hosts: 'a:1,b:2',
      database: 'shop',
    });
    expect(parseAddress('mongodb+srv://c0.abc.mongodb.net/')).toMatchObject({ scheme: 'mongodb+srv' });
    expect(parseAddress('mongodb://[::1]:27017').hosts).toBe('[::1]:27017');
  });

  it('refuses what is no address without repeating it', () => {
    for (const address of [
      'http://ana:hunter2@host',
      'mongodb://ana:hunter2@',
      'mongodb+srv://ana:hunter2@host:27017',
      'mongodb://ana:hunter2@ho st',
    ]) {
      expect(() => parseAddress(address)).toThrow(
        expect.objectContaining({ code: 'badInput', path: 'address' }),
      );
      try {
        parseAddress(address);
      } catch (error) {
        expect(String(error)).not.toContain('hunter2');
      }
    }
  });

  it('takes pasted credentials out of the address', () => {
    const { draft: kept, secret } = separateSecrets(
      draft({
        address: 'mongodb://ana:p%40ss:w@db.example:27017/shop?tls=true&tlsCertificateKeyFilePassword=kp',
      }),
      undefined,
    );
    expect(kept.address).toBe('mongodb://db.example:27017/shop?tls=true');
    expect(kept.login).toEqual({ method: 'password', username: 'ana' });
    expect(secret).toEqual({ password: 'p@ss:w', certificateKeyPassword: 'kp' });
    expect(JSON.stringify(kept)).not.toMatch(/p@ss|p%40ss|kp/);
    expect(databaseOf(kept)).toBe('shop');
  });

  it('shows neither user, password nor options', () => {
    expect(showAddress('mongodb://ana:hunter2@db:1/shop?tls=true')).toBe('db:1');
    expect(showAddress('mongodb+srv://ana:hunter2@c0.mongodb.net')).toBe('mongodb+srv://c0.mongodb.net');
    expect(showAddress('://hunter2')).toBe('invalid address');
  });

  it('composes what the driver needs for each way to log in', () => {
    const password = composeConnectionString(
      draft({ address: 'db:1/shop', login: { method: 'password', username: 'a@b' } }),
      { password: 'p/w?#' },
    );
    expect(password).toBe('mongodb://a%40b:p%2Fw%3F%23@db:1/shop?authSource=admin');
    const x509 = composeConnectionString(
      draft({
        address: 'mongodb+srv://c0.mongodb.net',
        login: { method: 'x509' },
        tls: { enabled: true, certificateKeyFile: '/keys/me and you.pem' },
      }),
      { certificateKeyPassword: 'kp' },
    );
    expect(x509).toContain('mongodb+srv://c0.mongodb.net/?');
    expect(x509).toContain('authMechanism=MONGODB-X509');
    expect(x509).toContain('tlsCertificateKeyFile=%2Fkeys%2Fme%20and%20you.pem');
    expect(x509).toContain('tlsCertificateKeyFilePassword=kp');
  });

  it('keeps any user and password whole from pasting to the driver', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, maxLength: 20 }),
        fc.string({ maxLength: 20 }),
        (user, password) => {
          const pasted = `mongodb://${encodeURIComponent(user)}:${encodeURIComponent(password)}@db:1`;
          const { draft: kept, secret } = separateSecrets(draft({ address: pasted }), undefined);
          const again = parseAddress(composeConnectionString(kept, secret));
          expect([again.username, again.password]).toEqual([user, password]);
        },
      ),
    );
  });
});
