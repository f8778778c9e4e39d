import { describe, expect, it } from 'vitest';
import { formatBucket, formatClock, formatDate, formatSpan, shortZone } from './time';

describe('times', () => {
  it('follow the bundled zone database, not the host', () => {
    expect(formatClock('2026-07-10T21:30:00Z', 'Africa/Cairo', 'en-GB')).toBe('00:30:00');
    expect(formatDate('2026-07-10T21:30:00Z', 'Africa/Cairo', 'en-GB')).toBe('11 Jul 2026');
  });
  it('keep the two hours of a clock going back apart by their instants only', () => {
    const first = formatBucket('2026-10-25T00:00:00Z', 'hour', 'Europe/Berlin', 'en-GB');
    const second = formatBucket('2026-10-25T01:00:00Z', 'hour', 'Europe/Berlin', 'en-GB');
    expect(first).toBe(second);
    expect(first).toContain('02:00');
  });
  it('name whole days without clock times, and instants with them', () => {
    const zone = 'Europe/Berlin';
    expect(
      formatSpan(Date.parse('2026-02-28T23:00Z'), Date.parse('2026-03-31T22:00Z'), zone, 'en-GB'),
    ).toMatch(/^1\s?–\s?31 Mar 2026$/);
    expect(
      formatSpan(Date.parse('2026-03-01T08:30Z'), Date.parse('2026-03-01T10:00Z'), zone, 'en-GB'),
    ).toContain('09:30');
  });
  it('shorten a zone to its city', () => {
    expect(shortZone('America/Argentina/Buenos_Aires')).toBe('Buenos Aires');
  });
});
