import { describe, expect, it } from 'vitest';
import { appFolder } from '../profile';
import { drawGrid, left, right } from './grid';
import { showBucket, showInstant } from './localTime';
import { showBytes, showCount, showDuration, showRate } from './numbers';

describe('numbers', () => {
  it('are shown the same on every machine', () => {
    expect([1234567, 0, 12.345, -4321, null].map(showCount)).toEqual([
      '1,234,567',
      '0',
      '12.35',
      '-4,321',
      '–',
    ]);
    expect([0.12345, 1, null].map(showRate)).toEqual(['12.3 %', '100.0 %', '–']);
    expect([0.5, 59.999, 61, 3_600, 90_061, null].map(showDuration)).toEqual([
      '0.5 s',
      '60 s',
      '1 min 1 s',
      '1 h',
      '1 d 1 h',
      '–',
    ]);
    expect([12, 1_500, 2_500_000].map(showBytes)).toEqual(['12 B', '1.5 kB', '2.5 MB']);
  });
});

describe('local time', () => {
  it('is that of the zone, with its distance from UTC', () => {
    expect(showInstant('2026-07-01T22:00:00.000Z', 'Europe/Berlin')).toBe('2026-07-02 00:00 +02:00');
    expect(showInstant('2026-01-01T00:00:00.000Z', 'America/St_Johns')).toBe('2025-12-31 20:30 -03:30');
    expect(showBucket('2026-02-28T23:00:00.000Z', 'month', 'Europe/Berlin')).toBe('2026-03');
    expect(showBucket('2026-03-02T08:00:00.000Z', 'hourOfWeek', 'Europe/Berlin')).toBe('Mon 09:00');
  });
});

describe('drawGrid', () => {
  it('aligns, and shows control characters instead of sending them to the terminal', () => {
    expect(drawGrid([left('name'), right('n')], [['\u001b[31mred', '5']])).toBe(
      'name         n\n──────────────\n\\x1b[31mred  5\n',
    );
  });
});

describe('appFolder', () => {
  it('is where Electron keeps the files of the app', () => {
    expect(appFolder({}, 'linux', '/home/ada')).toBe('/home/ada/.config/Waymark');
    expect(appFolder({ XDG_CONFIG_HOME: '/x' }, 'linux', '/home/ada')).toBe('/x/Waymark');
    expect(appFolder({}, 'darwin', '/Users/ada')).toBe('/Users/ada/Library/Application Support/Waymark');
    expect(appFolder({ WAYMARK_USER_DATA_DIR: '/d' }, 'linux', '/home/ada')).toBe('/d');
  });
});
