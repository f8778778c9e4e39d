import { KPI_NAMES } from '../../shared/reports/report';
import type { KpisData } from '../../shared/reports/result';
import { describeChange, formatFigure } from '../format/number';
import type { Palette } from '../theme/palette';
import type { Drawn } from './exportCard';
import { KPIS } from './KpiCards';
import { drawTable } from './picture';
import type { TableModel } from './tableModel';
import { WORDS } from '../text/words';
import { CHARTS } from '../text/charts';

/** The key figures as rows, in full, with the earlier period's where there is one. */
export function kpiTable(data: KpisData): TableModel {
  const { previous } = data;
  return {
    columns: [
      { label: WORDS.figure },
      { label: WORDS.value, end: true },
      ...(previous
        ? [
            { label: CHARTS.before, end: true },
            { label: CHARTS.change, end: true },
          ]
        : []),
    ],
    rows: KPI_NAMES.map((name) => {
      const { label, kind } = KPIS[name];
      return [
        label,
        formatFigure(data[name], kind),
        ...(previous
          ? [
              formatFigure(previous[name], kind),
              describeChange(data[name], previous[name], kind)?.text ?? '–',
            ]
          : []),
      ];
    }),
  };
}

/** The key figures as a picture. */
export function drawKpis(data: KpisData, palette: Palette): Drawn {
  return drawTable(kpiTable(data), palette);
}
