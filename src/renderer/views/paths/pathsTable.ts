import type { PathsData } from '../../../shared/reports/result';
import type { TableModel } from '../../chart/tableModel';
import { formatExact } from '../../format/number';

/** The links of a flow as rows. */
export const pathsTable = (data: PathsData): TableModel => ({
  columns: [{ label: 'Position' }, { label: 'From' }, { label: 'To' }, { label: 'Count', end: true }],
  rows: data.links.map(({ position, from, to, count }) => [String(position), from, to, formatExact(count)]),
});
