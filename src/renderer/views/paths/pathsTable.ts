import type { PathsData } from '../../../shared/reports/result';
import type { TableModel } from '../../chart/tableModel';
import { formatExact } from '../../format/number';
import { WORDS } from '../../text/words';
import { PATHS } from '../../text/paths';

/** The links of a flow as rows. */
export const pathsTable = (data: PathsData): TableModel => ({
  columns: [
    { label: PATHS.position },
    { label: WORDS.from },
    { label: WORDS.to },
    { label: WORDS.count, end: true },
  ],
  rows: data.links.map(({ position, from, to, count }) => [String(position), from, to, formatExact(count)]),
});
