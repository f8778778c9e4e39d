/** The twin of a chart as a table: the answer's rows in the answer's order, formatted in full. */
export interface TableModel {
  readonly columns: readonly { readonly label: string; readonly end?: boolean }[];
  readonly rows: readonly (readonly string[])[];
  /** A warning under the table, such as that uniques do not add up. */
  readonly note?: string;
}

/** The table as text that pastes into a spreadsheet: tab-separated, a header line first. */
export function writeTabbed(table: TableModel): string {
  const line = (cells: readonly string[]): string =>
    cells.map((cell) => cell.replace(/[\t\n]/g, ' ')).join('\t');
  return [line(table.columns.map((column) => column.label)), ...table.rows.map(line)].join('\n');
}
