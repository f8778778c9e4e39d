/** Pictures of charts for files: a title above, what the figures mean below, so that no number travels bare. */

import type { TableModel } from './tableModel';

export interface PictureText {
  readonly title: string;
  /** Range and zone. */
  readonly subtitle: string;
  /** Paragraphs under the chart: filters, definition, executor and freshness. */
  readonly footer: readonly string[];
}

export interface PictureColours {
  readonly surface: string;
  readonly text: string;
  readonly muted: string;
}

const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';
const MARGIN = 16;
const CHARACTER_PX = 6.1;

const escapeXml = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

/** Breaks a paragraph into lines of a width, by an average width of 12 px characters. */
export function wrapText(text: string, widthPx: number): string[] {
  const room = Math.max(1, Math.floor(widthPx / CHARACTER_PX));
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + word.length + 1 > room) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}

export interface Picture {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
}

/** Puts a chart's SVG (of the given size) under its title and over its footer. */
export function composePicture(
  chart: { svg: string; width: number; height: number },
  text: PictureText,
  colours: PictureColours,
): Picture {
  const width = chart.width + 2 * MARGIN;
  const footer = text.footer.flatMap((paragraph) => wrapText(paragraph, chart.width));
  const chartTop = 64;
  const footerTop = chartTop + chart.height + 20;
  const height = footerTop + footer.length * 16 + MARGIN;
  const line = (content: string, y: number, attributes: string): string =>
    `<text x="${MARGIN}" y="${y}" ${attributes}>${escapeXml(content)}</text>`;
  const inner = chart.svg
    .replace(/^[\s\S]*?<svg/, '<svg')
    .replace(/^<svg/, `<svg x="${MARGIN}" y="${chartTop}"`);
  const svg = [
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family='${FONT}'>`,
    `<rect width="${width}" height="${height}" fill="${colours.surface}"/>`,
    line(text.title, 30, `font-size="16" font-weight="600" fill="${colours.text}"`),
    line(text.subtitle, 50, `font-size="12" fill="${colours.muted}"`),
    inner,
    ...footer.map((content, index) =>
      line(content, footerTop + index * 16, `font-size="12" fill="${colours.muted}"`),
    ),
    '</svg>',
  ].join('');
  return { svg, width, height };
}

/** Paints an SVG document at twice its size as PNG bytes. */
export async function paintPng({ svg, width, height }: Picture): Promise<Uint8Array<ArrayBuffer>> {
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const image = new Image(width, height);
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = width * 2;
    canvas.height = height * 2;
    const context = canvas.getContext('2d');
    if (!context) throw new Error('This window cannot paint pictures.');
    context.scale(2, 2);
    context.drawImage(image, 0, 0, width, height);
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
    if (!blob) throw new Error('The picture could not be painted.');
    return new Uint8Array(await blob.arrayBuffer());
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** Serializes a drawn SVG element whose colours are attributes. */
export function serializeSvg(element: SVGSVGElement, width: number, height: number): string {
  const copy = element.cloneNode(true) as SVGSVGElement;
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.setAttribute('width', String(width));
  copy.setAttribute('height', String(height));
  copy.removeAttribute('class');
  return new XMLSerializer().serializeToString(copy);
}

/** A table as a picture, for charts that are lists: bars behind the names when shares (0…1) are given. */
export function drawRows(
  rows: readonly { cells: readonly string[]; share?: number; colour?: string }[],
  colours: PictureColours & { hairline: string },
  width: number,
): { svg: string; width: number; height: number } {
  const rowPx = 28;
  const height = Math.max(rowPx, rows.length * rowPx);
  const body = rows.map((row, index) => {
    const y = index * rowPx;
    const count = row.cells.length;
    const texts = row.cells.map((cell, at) => {
      const x = at === 0 ? 0 : width - (count - 1 - at) * 90;
      const anchor = at === 0 ? 'start' : 'end';
      return `<text x="${x}" y="${y + 17}" font-size="12" text-anchor="${anchor}" fill="${colours.text}">${escapeXml(cell)}</text>`;
    });
    const bar =
      row.share === undefined
        ? `<line x1="0" x2="${width}" y1="${y + rowPx - 1}" y2="${y + rowPx - 1}" stroke="${colours.hairline}"/>`
        : `<rect x="0" y="${y + 23}" width="${Math.max(1, row.share * width)}" height="3" fill="${row.colour ?? colours.text}"/>`;
    return texts.join('') + bar;
  });
  return {
    svg: `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${body.join('')}</svg>`,
    width,
    height,
  };
}

const FIRST_COLUMN_PX = 240;
const COLUMN_PX = 104;
/** What bold letters need more, and the gap. */
const BOLD_PX = 24;
const ROW_PX = 28;
const LINE_PX = 16;

/** A table as a picture: every column under its name, the rows in their order, its note below. */
export function drawTable(
  { columns, rows, note }: TableModel,
  colours: PictureColours & { hairline: string },
): { svg: string; width: number; height: number } {
  const named = columns.filter(({ label }) => label !== '');
  const width = FIRST_COLUMN_PX + Math.max(1, named.length - 1) * COLUMN_PX;
  const headings = named.map(({ label }, at) =>
    wrapText(label, (at === 0 ? FIRST_COLUMN_PX : COLUMN_PX) - BOLD_PX),
  );
  const headPx = Math.max(1, ...headings.map((lines) => lines.length)) * LINE_PX + 8;
  const height = headPx + rows.length * ROW_PX + (note === undefined ? 0 : ROW_PX);
  const text = (content: string, at: number, y: number, attributes: string): string => {
    const x = at === 0 ? 0 : FIRST_COLUMN_PX + at * COLUMN_PX;
    const anchor = at === 0 ? 'start' : 'end';
    return `<text x="${x}" y="${y}" font-size="12" text-anchor="${anchor}" ${attributes}>${escapeXml(content)}</text>`;
  };
  const rule = (y: number): string =>
    `<line x1="0" x2="${width}" y1="${y}" y2="${y}" stroke="${colours.hairline}"/>`;
  const head = headings.flatMap((lines, at) =>
    lines.map((line, index) =>
      text(
        line,
        at,
        headPx - 8 - (lines.length - 1 - index) * LINE_PX,
        `font-weight="600" fill="${colours.text}"`,
      ),
    ),
  );
  const body = rows.flatMap((cells, index) => {
    const top = headPx + index * ROW_PX;
    return [
      ...named.map((_, at) => text(cells[at] ?? '', at, top + 18, `fill="${colours.text}"`)),
      rule(top + ROW_PX - 1),
    ];
  });
  const end = note === undefined ? '' : text(note, 0, height - 10, `fill="${colours.muted}"`);
  return {
    svg: `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${head.join('')}${rule(headPx - 1)}${body.join('')}${end}</svg>`,
    width,
    height,
  };
}
