import type { FunnelData } from '../../../shared/reports/result';
import type { TableModel } from '../../chart/tableModel';
import { formatDuration, formatExact, formatPercent } from '../../format/number';

/** A funnel's steps as rows. */
export function funnelTable(data: FunnelData): TableModel {
  return {
    columns: [
      { label: 'Step' },
      { label: 'Event' },
      { label: 'Count', end: true },
      { label: 'Of first', end: true },
      { label: 'Of previous', end: true },
      { label: 'Dropped', end: true },
      { label: 'Undecided', end: true },
      { label: 'Median from previous', end: true },
      { label: 'Median from first', end: true },
    ],
    rows: data.steps.map((step, index) => [
      String(index + 1),
      step.label,
      formatExact(step.count),
      formatPercent(step.ofFirst),
      formatPercent(step.ofPrevious),
      formatExact(step.dropped),
      formatExact(step.undecided),
      formatDuration(step.secondsFromPrevious.median),
      formatDuration(step.secondsFromFirst.median),
    ]),
  };
}
