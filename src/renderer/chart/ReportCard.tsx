import { useEffect, useId, useState, type ReactNode } from 'react';
import type { ReportKind } from '../../shared/reports/report';
import { client } from '../client/client';
import { pinReport } from '../state/library';
import { cancelRun, type ShownRun } from '../state/runs';
import { watchSight } from '../state/sight';
import { announce, showToast } from '../state/toast';
import { usePalette } from '../theme/palette';
import { CARD, EXPORTS } from '../text/cards';
import { CardActions } from './CardActions';
import { Loading, NoMatch, Outcome, Updating } from './CardStates';
import { exportCard, type CsvRows, type Drawn, type ExportFormat } from './exportCard';
import { TableTwin } from './TableTwin';
import { writeTabbed, type TableModel } from './tableModel';
import { useSize } from './useSize';

type AnswerOf<K extends ReportKind> = NonNullable<ShownRun<K>['answer']>;

export interface ReportCardProps<K extends ReportKind> {
  readonly title: string;
  readonly slot: string;
  readonly run: ShownRun<K>;
  readonly className?: string;
  /** The view's own heading says the title already; the card is named by it and is no second heading. */
  readonly isWholeView?: boolean;
  /** Height of the whole card, px. */
  readonly height?: number;
  readonly controls?: ReactNode;
  readonly flush?: boolean;
  readonly table: (answer: AnswerOf<K>) => TableModel;
  /** The figures of a chart that shows a part of the answer, header first, for its CSV. */
  readonly csv?: (answer: AnswerOf<K>) => CsvRows;
  /** The answer in one short sentence, for assistive technology. */
  readonly headline: (answer: AnswerOf<K>) => string;
  readonly isEmpty?: (answer: AnswerOf<K>) => boolean;
  readonly empty?: ReactNode;
  /** The chart as an SVG document, for pictures. */
  readonly draw: (answer: AnswerOf<K>) => Promise<Drawn>;
  /** What a picture says of the range, where it shows more than the answer's own. */
  readonly range?: (answer: AnswerOf<K>) => string;
  /** Name of the chart on a dashboard; a card without one cannot be pinned. */
  readonly chart?: string;
  readonly children: (answer: AnswerOf<K>) => ReactNode;
}

/**
 * A chart with everything around it: its definition, its table twin, its exports, its query, and what to
 * show while there is no answer, none yet, or none any more.
 */
export function ReportCard<K extends ReportKind>(props: ReportCardProps<K>): React.JSX.Element {
  const { title, slot, run, className = '', height, controls, table, headline, draw, chart } = props;
  const [showsTable, setShowsTable] = useState(false);
  const [ref, size, element] = useSize<HTMLElement>();
  useEffect(() => (element ? watchSight(element, slot) : undefined), [element, slot]);
  const palette = usePalette();
  const headingId = useId();
  const answer = run.answer;

  const said = answer === null ? '' : CARD.updated(title, headline(answer));
  useEffect(() => {
    if (said !== '') announce(said);
  }, [said]);

  const onExport = (format: ExportFormat | 'copyTable'): void => {
    if (!answer || !run.answered) return;
    if (format === 'copyTable') {
      void client
        .call('clipboard.write', { text: writeTabbed(table(answer)) })
        .then(() => showToast(EXPORTS.copied));
      return;
    }
    void exportCard({
      format,
      title,
      answer,
      report: run.answered,
      draw: () => draw(answer),
      palette,
      csv: props.csv?.(answer),
      range: props.range?.(answer),
    });
  };
  const pinned = run.answered;
  const onPin =
    chart !== undefined && pinned
      ? (board?: string) => void pinReport(pinned, title, chart, board)
      : undefined;

  return (
    <section
      ref={ref}
      className={`wm-card ${className}`}
      style={height === undefined ? undefined : { height }}
      aria-labelledby={headingId}
      aria-busy={run.isBusy}
      data-card={slot}
      onKeyDown={(event) => {
        if (event.key === '.' && (event.ctrlKey || event.metaKey)) cancelRun(slot);
      }}
    >
      <header className="wm-card-header">
        <h2 id={headingId} title={title} role={props.isWholeView ? 'presentation' : undefined}>
          {title}
        </h2>
        {controls !== undefined && <div className="wm-card-controls">{controls}</div>}
        <CardActions
          title={title}
          run={run}
          answer={answer}
          narrow={size.width > 0 && size.width < 480}
          showsTable={showsTable}
          onTable={() => setShowsTable((old) => !old)}
          onExport={onExport}
          onPin={onPin}
        />
      </header>
      <Updating name={title} slot={slot} run={run} />
      {answer !== null && <Outcome name={title} slot={slot} run={run} />}
      <div className={props.flush || showsTable ? 'wm-card-body is-flush' : 'wm-card-body'}>
        {answer === null && run.outcome === null && <Loading name={title} />}
        {answer === null && <Outcome name={title} slot={slot} run={run} />}
        {answer !== null &&
          (props.isEmpty?.(answer) ? (
            (props.empty ??
            (answer.provenance.dataThrough === null ? <NoMatch text={CARD.noEvents} /> : <NoMatch />))
          ) : showsTable ? (
            <TableTwin table={table(answer)} label={`${title}, ${CARD.table}`} />
          ) : (
            props.children(answer)
          ))}
      </div>
    </section>
  );
}
