import { describe, expect, it } from 'vitest';
import { drawTable } from './picture';

const COLOURS = { surface: '#fff', text: '#111', muted: '#777', hairline: '#ccc' };

describe('a table as a picture', () => {
  it('has every figure under the name of its column, and its note', () => {
    const { svg, width } = drawTable(
      {
        columns: [{ label: 'Value' }, { label: 'Converted, previous period', end: true }, { label: '' }],
        rows: [['mobile & tablet', '16.1 %', '']],
        note: 'The first page.',
      },
      COLOURS,
    );
    const texts = [...svg.matchAll(/<text x="([\d.]+)"[^>]*>([^<]*)</g)].map(([, x, text]) => [
      Number(x),
      text,
    ]);
    expect(texts).toEqual([
      [0, 'Value'],
      [width, 'Converted,'],
      [width, 'previous'],
      [width, 'period'],
      [0, 'mobile &#38; tablet'],
      [width, '16.1 %'],
      [0, 'The first page.'],
    ]);
  });
});
