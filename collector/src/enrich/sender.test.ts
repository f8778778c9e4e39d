import { type CountryResponse, Reader } from 'maxmind';
import { describe, expect, it } from 'vitest';
import type { StoredEvent } from '../../../src/shared/model/event';
import { clientAddress } from '../http/requestSender';
import { writeMmdb } from '../testing/writeMmdb';
import { enrich, type StatedClient } from './sender';

const geoip = new Reader<CountryResponse>(
  writeMmdb('Test-Country', [
    ['203.0.113.0/24', { country: { iso_code: 'NL', names: { en: 'Netherlands' } } }],
    ['198.51.100.128/25', { country_code: 'JP' }],
    ['192.0.2.7/32', { country: 'BR' }],
  ]),
);

const enriched = (stated: StatedClient, ip?: string, country?: string): StoredEvent => {
  const at = new Date(0);
  const event: StoredEvent = {
    _id: 'e',
    userId: 'u',
    eventType: 'e',
    timestamp: at,
    receivedAt: at,
    properties: {},
  };
  const sender = { ...(ip === undefined ? {} : { ip }), ...(country === undefined ? {} : { country }) };
  enrich(event, stated, sender, { ip: 'truncated', geoip });
  return event;
};

describe('the country of an address', () => {
  it.each([
    ['203.0.113.77', 'NL'],
    ['198.51.100.200', 'JP'],
    ['198.51.100.100', undefined],
    ['192.0.2.7', 'BR'],
    ['192.0.2.8', undefined],
    ['2001:db8::1', undefined],
    ['nonsense', undefined],
  ])('%s is %s by the GeoIP file', (ip, country) => {
    expect(enriched({}, ip).country).toBe(country);
  });

  it('is what the message says, else the edge, else the file', () => {
    expect(enriched({ country: 'fr' }, '203.0.113.77', 'SE').country).toBe('FR');
    expect(enriched({}, '203.0.113.77', 'SE').country).toBe('SE');
    expect(enriched({ ip: '198.51.100.200' }, '203.0.113.77').country).toBe('JP');
  });

  it('is looked up before the address is shortened', () => {
    expect(enriched({}, '192.0.2.7')).toMatchObject({ country: 'BR', ip: '192.0.2.0' });
  });
});

describe('the address of a client', () => {
  it.each([
    [0, '198.51.100.1, 203.0.113.9', '10.0.0.1'],
    [1, '198.51.100.1, 203.0.113.9', '203.0.113.9'],
    [2, '198.51.100.1, 203.0.113.9', '198.51.100.1'],
    [9, '198.51.100.1, 203.0.113.9', '198.51.100.1'],
    [1, '', '10.0.0.1'],
  ])('behind %i proxies of "%s" is %s', (proxies, forwarded, expected) => {
    const request = { socket: { remoteAddress: '10.0.0.1' }, headers: { 'x-forwarded-for': forwarded } };
    expect(clientAddress(request as unknown as Parameters<typeof clientAddress>[0], proxies)).toBe(expected);
  });
});
