import { describe, expect, it } from 'vitest';
import { createRedactor } from './redact';

describe('redaction', () => {
  it('takes credentials out of addresses, also with an @ in the password', () => {
    const { redact } = createRedactor();
    expect(redact('cannot reach mongodb+srv://ana:p@ss@c0.mongodb.net/shop?x=1')).toBe(
      'cannot reach mongodb+srv://***@c0.mongodb.net/shop?x=1',
    );
    expect(redact('mongodb://db:27017 refused')).toBe('mongodb://db:27017 refused');
  });

  it('takes out values of secret options', () => {
    const { redact } = createRedactor();
    expect(redact('tls=true&tlsCertificateKeyFilePassword=kp1&x=2')).toBe(
      'tls=true&tlsCertificateKeyFilePassword=***&x=2',
    );
    expect(redact('{"password":"hunter2","user":"ana"}')).toBe('{"password":"***","user":"ana"}');
  });

  it('takes linear time on a long line', () => {
    const { redact } = createRedactor();
    const started = Date.now();
    redact('x'.repeat(300_000));
    expect(Date.now() - started).toBeLessThan(1_000);
  });

  it('takes out what it has learnt, in every spelling the app uses', () => {
    const { learn, redact } = createRedactor();
    learn('p/w word');
    learn(undefined);
    expect(redact('login p/w word then p%2Fw%20word')).toBe('login *** then ***');
  });
});
