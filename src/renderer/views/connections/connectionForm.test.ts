import { expect, it } from 'vitest';
import { connectionDraftSchema } from '../../../shared/ipc/connections';
import { draftOf, EMPTY_FORM, secretOf } from './connectionForm';

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
