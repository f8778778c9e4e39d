import { expect, it } from 'vitest';
import { connectionDraftSchema } from '../../../shared/ipc/connections';
import { draftOf, EMPTY_FORM, formOf, secretOf } from './connectionForm';

it('makes a valid draft and names it after its host', () => {
  const draft = draftOf({
    ...EMPTY_FORM,
    address: ' mongodb+srv://ann@cluster0.example.net/shop ',
    method: 'password',
    username: 'ann',
  });
  expect(connectionDraftSchema.parse(draft)).toMatchObject({
    name: 'cluster0.example.net',
    login: { method: 'password', username: 'ann' },
  });
});

it('an untouched password keeps the stored one', () => {
  expect(secretOf(EMPTY_FORM)).toBeUndefined();
  expect(secretOf({ ...EMPTY_FORM, password: 'x' })).toEqual({ password: 'x' });
});

const form = { ...EMPTY_FORM, address: 'db.example.net:27018' };

it('a certificate that logs in means TLS, whatever the box says', () => {
  const draft = draftOf({ ...form, method: 'x509', caFile: '/ca.pem', certificateKeyFile: '/me.pem' });
  expect(draft.login).toEqual({ method: 'x509' });
  expect(draft.tls).toEqual({ enabled: true, caFile: '/ca.pem', certificateKeyFile: '/me.pem' });
  expect(draftOf(form).tls).toBeUndefined();
});

it('a name is taken from the address, without the password in it', () => {
  expect(draftOf({ ...form, address: 'mongodb://ana:geheim@db.example.net/shop' }).name).toBe(
    'db.example.net',
  );
});

it('a form keeps what a stored connection says, and no secret', () => {
  const draft = draftOf({ ...form, method: 'password', username: 'ana', password: 'geheim', readOnly: true });
  expect(JSON.stringify(draft)).not.toContain('geheim');
  const stored = { ...draft, id: 'abcdefgh', shownAddress: '', kind: 'saved', secret: 'keychain' } as const;
  expect(draftOf(formOf(stored))).toEqual(draft);
  expect(secretOf(formOf(stored))).toBeUndefined();
});
