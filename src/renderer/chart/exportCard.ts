import type { ReportInput } from '../../shared/reports/report';
import type { Result } from '../../shared/reports/result';
import { client } from '../client/client';
import { describeFilter } from '../filters/describeFilter';
import { formatDateTime, formatSpan } from '../format/time';
import { showToast } from '../state/toast';
import type { Palette } from '../theme/palette';
import { EXPORTS } from '../text/cards';
import { composePicture, paintPng, type Picture } from './picture';
import { CHARTS } from '../text/charts';

export interface Drawn {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
}

/** Rows of figures as they are, not as they are shown. */
export type CsvRows = readonly (readonly (string | number | boolean | null)[])[];

export type ExportFormat = 'csv' | 'png' | 'svg' | 'pdf' | 'copyPicture';

const fileName = (title: string, extension: string): string =>
  `${
    title
      .replace(/[^\p{L}\p{N}]+/gu, '-')
      .replace(/^-|-$/g, '')
      .toLowerCase() || 'chart'
  }.${extension}`;

/** The words printed with a picture: what, when, of whom, by which rules, how fresh. */
function framePicture(
  title: string,
  answer: Result,
  report: ReportInput,
  drawn: Drawn,
  palette: Palette,
  said: string | undefined,
): Picture {
  const { provenance, definition } = answer;
  const zone = provenance.timezone;
  const range = said ?? formatSpan(Date.parse(provenance.from), Date.parse(provenance.to), zone);
  const filters = (report.filters ?? []).map((filter) => describeFilter(filter as never)).join(' · ');
  const through = provenance.dataThrough === null ? '–' : formatDateTime(provenance.dataThrough, zone, true);
  const made = formatDateTime(provenance.generatedAt, zone, true);
  return composePicture(
    drawn,
    {
      title,
      subtitle: `${range} · ${zone}`,
      footer: [
        ...(filters === '' ? [] : [filters]),
        definition.join(' '),
        CHARTS.exportFooter(provenance.executor, through, made),
      ],
    },
    palette,
  );
}

/** Writes what a card shows to a file the person chooses, or to the clipboard. */
export async function exportCard(options: {
  format: ExportFormat;
  title: string;
  answer: Result;
  report: ReportInput;
  draw: () => Promise<Drawn>;
  palette: Palette;
  /** The rows of a chart that shows a part of the answer, header first; without them the report's own. */
  csv?: CsvRows | undefined;
  /** What a picture says of the range; the answer's own without. */
  range?: string | undefined;
}): Promise<void> {
  const { format, title, answer, report, draw, palette, csv, range } = options;
  try {
    if (format === 'csv') {
      const suggestedName = fileName(title, 'csv');
      const written = csv
        ? await client.call('export.rows', { rows: csv.map((row) => [...row]), suggestedName })
        : await client.call('export.csv', { report, suggestedName });
      if (written) showToast(EXPORTS.written(written.path));
      return;
    }
    const picture = framePicture(title, answer, report, await draw(), palette, range);
    if (format === 'copyPicture') {
      await client.call('clipboard.write', { png: await paintPng(picture) });
      showToast(EXPORTS.copied);
      return;
    }
    const suggestedName = fileName(title, format);
    const { svg } = picture;
    const written =
      format === 'png'
        ? await client.call('export.picture', { format, bytes: await paintPng(picture), suggestedName })
        : format === 'svg'
          ? await client.call('export.picture', { format, svg, suggestedName })
          : await client.call('export.picture', {
              format,
              svg,
              width: Math.ceil(picture.width),
              height: Math.ceil(picture.height),
              suggestedName,
            });
    if (written) showToast(EXPORTS.written(written.path));
  } catch (error) {
    showToast(error instanceof Error ? error.message : String(error), { level: 'problem' });
  }
}
