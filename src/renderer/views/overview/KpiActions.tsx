import { useState, type ReactNode } from 'react';
import { CardActions } from '../../chart/CardActions';
import { exportCard, type ExportFormat } from '../../chart/exportCard';
import { drawKpis, kpiTable } from '../../chart/kpiTable';
import { TableTwin } from '../../chart/TableTwin';
import { writeTabbed } from '../../chart/tableModel';
import { client } from '../../client/client';
import { pinReport } from '../../state/library';
import type { Shown } from '../../state/runs';
import { showToast } from '../../state/toast';
import { usePalette } from '../../theme/palette';
import { CARD, EXPORTS } from '../../text/cards';

/** What every chart has, for the key figures: definition, table twin, exports, query and pin. */
export function KpiActions({
  title,
  run,
  children,
}: {
  title: string;
  run: Shown<'kpis'>;
  /** What is said before the buttons. */
  children: ReactNode;
}): React.JSX.Element {
  const [showsTable, setShowsTable] = useState(false);
  const palette = usePalette();
  const { answer, answered } = run;
  const onExport = (format: ExportFormat | 'copyTable'): void => {
    if (!answer || !answered) return;
    if (format === 'copyTable') {
      void client
        .call('clipboard.write', { text: writeTabbed(kpiTable(answer.data)) })
        .then(() => showToast(EXPORTS.copied));
      return;
    }
    const draw = () => Promise.resolve(drawKpis(answer.data, palette));
    void exportCard({ format, title, answer, report: answered, draw, palette });
  };
  return (
    <>
      <div className="wm-kpi-actions" data-card="overview.kpis">
        {children}
        <CardActions
          title={title}
          run={run}
          answer={answer}
          narrow={false}
          showsTable={showsTable}
          onTable={() => setShowsTable((old) => !old)}
          onExport={onExport}
          onPin={answered ? (board) => void pinReport(answered, title, 'kpis', board) : undefined}
        />
      </div>
      {showsTable && answer && (
        <div className="wm-card wm-kpi-table">
          <TableTwin table={kpiTable(answer.data)} label={`${title}, ${CARD.table}`} />
        </div>
      )}
    </>
  );
}
