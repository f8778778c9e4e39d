/** CSV as RFC 4180 writes it, with LF line ends, UTF-8, and cells that a spreadsheet cannot take for a formula. */

export type CsvValue = string | number | boolean | null | undefined;

/** A text that a spreadsheet would run, or that looks like one that was made harmless. */
const FORMULA = /^(?:[=+\-@\t\r]|'[=+\-@\t\r'])/;
const NUMBER = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const QUOTED = /[",\n\r]/;

/**
 * One cell. Texts beginning with = + - @ (or a tab or carriage return) get a leading apostrophe, numbers do
 * not; null and undefined are empty. `readCsvText` is the inverse for texts.
 */
export function csvCell(value: CsvValue): string {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'string') return String(value);
  const harmless = FORMULA.test(value) && !NUMBER.test(value) ? `'${value}` : value;
  return QUOTED.test(harmless) ? `"${harmless.replace(/"/g, '""')}"` : harmless;
}

/** One line without its line end. */
export function csvLine(values: readonly CsvValue[]): string {
  return values.map(csvCell).join(',');
}

/** A parsed cell's text as it was before `csvCell` made it harmless. */
export function readCsvText(cell: string): string {
  return /^'[=+\-@\t\r']/.test(cell) ? cell.slice(1) : cell;
}
