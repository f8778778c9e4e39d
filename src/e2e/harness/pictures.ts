import { expect } from 'vitest';
import type { AnyResult } from '../../shared/reports/result';
import type { Analyst } from './analyst';

const unescape = (xml: string): string =>
  xml.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code))).replace(/&amp;/g, '&');

/** What is written in an SVG, one line a text element. */
function textsOf(svg: string): string[] {
  return [...svg.matchAll(/<text[^>]*>([\s\S]*?)<\/text>/g)].map(([, inner = '']) =>
    unescape(inner.replace(/<[^>]+>/g, '')).replace(/\u00a0/g, ' '),
  );
}

/**
 * Exports a card as SVG, PNG and PDF and opens each: title, range, zone, definition, executor and every given figure
 * are printed in the first; the other two have its size and are no empty pages.
 */
export async function expectPictures(
  analyst: Analyst,
  title: string,
  result: AnyResult,
  figures: readonly string[],
): Promise<void> {
  const svg = (await analyst.exportAs(title, 'SVG')).toString();
  const texts = textsOf(svg);
  const all = texts.join(' ');
  expect(texts[0]).toBe(title);
  expect(texts[1]).toContain(result.provenance.timezone);
  expect(texts[1]).toMatch(/2026/);
  for (const sentence of result.definition) expect(all).toContain(sentence);
  expect(all).toContain(`${result.provenance.executor} · data through`);
  for (const figure of figures) expect(all).toContain(figure);

  const size = (name: string): number => Number(new RegExp(`<svg[^>]* ${name}="([\\d.]+)"`).exec(svg)?.[1]);
  const [width, height] = [size('width'), size('height')];
  const png = await analyst.exportAs(title, 'PNG');
  expect(png.subarray(1, 4).toString()).toBe('PNG');
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([
    Math.floor(width * 2),
    Math.floor(height * 2),
  ]);
  expect(png.length).toBeGreaterThan(5_000);

  const pdf = (await analyst.exportAs(title, 'PDF')).toString('latin1');
  const box = /\/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]/.exec(pdf);
  // 4 CSS pixels are 3 points.
  expect(Math.abs(Number(box?.[1]) - Math.ceil(width) * 0.75)).toBeLessThan(1.5);
  expect(Math.abs(Number(box?.[2]) - Math.ceil(height) * 0.75)).toBeLessThan(1.5);
  expect(pdf.match(/\/Type\s*\/Page[^s]/g)).toHaveLength(1);
  expect(pdf).toContain('/Font');
}
