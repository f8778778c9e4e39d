import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { SHORTCUTS } from './shortcutList';

it('every shortcut is documented with the words of the window', () => {
  const page = readFileSync(path.resolve(__dirname, '../../../docs/workbench.md'), 'utf8');
  const rows = page
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.replace(/\s+/g, ' ').trim()));
  for (const { keys, text } of SHORTCUTS) {
    expect(rows.some(([, shown, does]) => shown === keys.replace(/\s+/g, ' ') && does === text)).toBe(true);
  }
});
