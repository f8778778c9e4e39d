import { expect, it } from 'vitest';
import page from '../../../docs/workbench.md?raw';
import { SHORTCUTS } from './shortcutList';

const squeeze = (text: string): string => text.replace(/\s+/g, ' ').trim();

it('every shortcut is documented with the words of the window', () => {
  const rows = page.split('\n').map((line) => line.split('|').map(squeeze));
  for (const { keys, text } of SHORTCUTS) {
    expect(rows.some(([, shown, does]) => shown === squeeze(keys) && does === text)).toBe(true);
  }
});
