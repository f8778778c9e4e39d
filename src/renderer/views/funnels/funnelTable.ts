import type { FunnelData } from '../../../shared/reports/result';
import type { TableModel } from '../../chart/tableModel';
import { formatDuration, formatExact, formatPercent } from '../../format/number';
import { FUNNELS } from '../../text/funnels';
import { WORDS } from '../../text/words';

/** A funnel's steps as rows. */
export function funnelTable(data: FunnelData): TableModel {
  return {
    columns: [
      { label: FUNNELS.step },
      { label: WORDS.event },
      { label: WORDS.count, end: true },
      { label: WORDS.ofFirst, end: true },
      { label: WORDS.ofPrevious, end: true },
      { label: WORDS.dropped, end: true },
      { label: WORDS.undecided, end: true },
      { label: FUNNELS.medianFromPrevious, end: true },
      { label: FUNNELS.medianFromFirst, end: true },
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
