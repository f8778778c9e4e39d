import { retainedShare } from '../../../shared/reports/ratios';
import type { RetentionData } from '../../../shared/reports/result';
import type { TableModel } from '../../chart/tableModel';
import { formatExact, formatPercent } from '../../format/number';
import { formatBucket } from '../../format/time';
import { CARD } from '../../text/cards';
import { WORDS } from '../../text/words';
import { RETENTION } from '../../text/retention';

/** The cohorts as rows, one for each cell. */
export const retentionTable = (data: RetentionData, zone: string): TableModel => ({
  columns: [
    { label: RETENTION.cohort },
    { label: WORDS.size, end: true },
    { label: RETENTION.period, end: true },
    { label: WORDS.users, end: true },
    { label: WORDS.share, end: true },
    { label: '' },
  ],
  rows: data.cohorts.flatMap((cohort) =>
    cohort.cells.map((cell) => [
      formatBucket(cohort.at, data.interval, zone),
      formatExact(cohort.size),
      String(cell.period),
      formatExact(cell.users),
      formatPercent(retainedShare(cohort, cell)),
      cell.complete ? '' : CARD.incomplete,
    ]),
  ),
});
