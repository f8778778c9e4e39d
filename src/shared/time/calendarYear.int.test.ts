import { describe, expect, it } from 'vitest';
import { spansBetween, type ReferenceRange } from '../../analytics/reference/localTime';
import { bucketsBetween, INTERVALS } from './calendar';

const at = (iso: string): number => Date.parse(iso);

/** Too long for the inner loop: it looks at each zone's clock every quarter of an hour, for each interval anew. */
describe('buckets', () => {
  const zones = [
    'UTC',
    'Europe/Berlin',
    'America/New_York',
    'Africa/Cairo',
    'Asia/Kolkata',
    'Asia/Kathmandu',
    'Australia/Lord_Howe',
    'America/St_Johns',
    'America/Santiago',
    'America/Havana',
    'Asia/Beirut',
    'Africa/Casablanca',
    'Pacific/Chatham',
  ];

  it('equal those found by looking at the clock every quarter of an hour, a year long', () => {
    for (const timezone of zones) {
      for (const interval of INTERVALS) {
        for (const weekStart of interval === 'week'
          ? (['monday', 'sunday'] as const)
          : (['monday'] as const)) {
          const [from, to] = [at('2025-12-31T10:10:10.010Z'), at('2027-01-01T00:00:00Z')];
          const range: ReferenceRange = { from, to, zone: timezone, weekStart };
          const own = bucketsBetween({ timezone, weekStart }, interval, from, to);
          expect(own, `${timezone} ${interval} ${weekStart}`).toEqual(spansBetween(range, interval));
        }
      }
    }
  }, 60_000);
});
