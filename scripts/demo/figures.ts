/** The Overview's figures as text, exactly as they are: for comparing and for writing down. */
import { KPI_NAMES } from '../../src/shared/reports/report.ts';
import type { KpisData } from '../../src/shared/reports/result.ts';

/** One figure with every digit; `null` for an undefined one. */
export interface Figure {
  readonly kpi: string;
  readonly value: string;
  readonly previous: string;
}

/** The figures of the command line's answer. */
export function figuresOf(data: KpisData): Figure[] {
  return KPI_NAMES.map((kpi) => ({
    kpi,
    value: String(data[kpi]),
    previous: String(data.previous?.[kpi] ?? null),
  }));
}

/** What differs between two lists of figures, as sentences; none when they are equal to the last digit. */
export function compareFigures(
  [leftName, left]: readonly [string, readonly Figure[]],
  [rightName, right]: readonly [string, readonly Figure[]],
): string[] {
  const find = (figures: readonly Figure[], kpi: string): Figure | undefined =>
    figures.find((figure) => figure.kpi === kpi);
  return KPI_NAMES.flatMap((kpi) =>
    (['value', 'previous'] as const).flatMap((part) => {
      const [a, b] = [find(left, kpi)?.[part] ?? 'missing', find(right, kpi)?.[part] ?? 'missing'];
      return a === b ? [] : [`${kpi} (${part}): ${leftName} ${a}, ${rightName} ${b}`];
    }),
  );
}

/** In the form of an exported kpis report. */
export function figuresAsCsv(figures: readonly Figure[]): string {
  const cell = (text: string): string => (text === 'null' ? '' : text);
  const rows = figures.map(({ kpi, value, previous }) => [kpi, cell(value), cell(previous)].join(','));
  return ['kpi,value,previous', ...rows, ''].join('\n');
}
