import { Button, Switch } from '@blueprintjs/core';
import { createElement, useEffect, useState } from 'react';
import { resolveRange } from '../../../shared/time/range';
import type { ReportInput } from '../../../shared/reports/report';
import type { Result } from '../../../shared/reports/result';
import { naturalInterval } from '../../chart/axis';
import { drawElement } from '../../chart/drawElement';
import { NoMatch } from '../../chart/CardStates';
import { ReportCard } from '../../chart/ReportCard';
import { formatExact } from '../../format/number';
import { useNow } from '../../frame/useNow';
import { ViewFrame } from '../../frame/ViewFrame';
import { useShownReport } from '../../state/currentReport';
import { openDrawer } from '../../state/drawer';
import { useLibrary } from '../../state/library';
import { useScope } from '../../state/place';
import { useReportTitle } from '../../state/reportTitles';
import { useReport } from '../../state/runs';
import { useReportBase } from '../../state/useReportBase';
import { usePalette } from '../../theme/palette';
import { FunnelBars, FunnelPicture, type Outcome } from './FunnelBars';
import { FunnelBreakdown } from './FunnelBreakdown';
import { compareFunnel } from './compareFunnel';
import { FunnelBuilder } from './FunnelBuilder';
import { FunnelComparison } from './FunnelComparison';
import { FunnelDetails } from './FunnelDetails';
import { funnelReport, useFunnelDraft } from './funnelDraft';
import { funnelTable } from './funnelTable';
import { FUNNELS } from '../../text/funnels';

const SLOT = 'funnels.main';
const COMPARED_SLOT = 'funnels.compared';
/** A funnel that takes longer than this runs on demand only. */
const SLOW_MS = 2_000;
const PAUSE_MS = 300;

const OUTCOMES: Readonly<Record<Outcome, string>> = {
  reached: FUNNELS.outcomeReached,
  dropped: FUNNELS.outcomeDropped,
  undecided: FUNNELS.outcomeUndecided,
};

type FunnelReport = ReportInput & { kind: 'funnel' };

/** How many answers in a row were slow: a first one may only have been the first to read. */
interface Pace {
  readonly answer: Result<'funnel'> | null;
  readonly slowRuns: number;
}

const paceAfter = ({ slowRuns }: Pace, answer: Pace['answer']): Pace => ({
  answer,
  slowRuns: (answer?.provenance.elapsedMs ?? 0) > SLOW_MS ? slowRuns + 1 : 0,
});

/** What the builder makes of a funnel: all of it but range, filters and the interval that comes of the range. */
const buildOf = (report: FunnelReport): string =>
  JSON.stringify({ ...report, range: null, filters: null, interval: null });

/** Where people drop off on their way through steps. */
export function FunnelsView(): React.JSX.Element {
  const base = useReportBase();
  const scope = useScope();
  const draft = useFunnelDraft((state) => state.draft);
  const library = useLibrary((state) => state.library);
  const palette = usePalette();
  const now = useNow();
  const reportTitle = useReportTitle('funnel', FUNNELS.funnel);
  const [compact, setCompact] = useState(false);
  const range = resolveRange(base.range, now);
  const report = funnelReport(draft, base, naturalInterval(range.to - range.from), reportTitle) ?? null;
  useShownReport(report);
  const [shown, setShown] = useState<FunnelReport | null>(null);
  const run = useReport(SLOT, shown, shown === null ? 0 : PAUSE_MS);
  const [pace, setPace] = useState<Pace>({ answer: null, slowRuns: 0 });
  if (run.answer !== pace.answer) setPace(paceAfter(pace, run.answer));
  const slow = pace.slowRuns >= 2;
  const key = JSON.stringify(report);
  const changed = report !== null && JSON.stringify(shown) !== key;
  // A quick funnel follows every change; what a slow one is built of waits to be run, another range or filter not.
  if (changed && (!slow || shown === null || buildOf(shown) === buildOf(report))) setShown(report);

  const { report: comparison, names } = compareFunnel(shown, draft.compare, { scope, library, range, base });
  const compared = useReport(COMPARED_SLOT, comparison, PAUSE_MS);
  const comparedData = comparison === null ? null : (compared.answer?.data ?? null);

  useEffect(() => {
    if (!slow || !changed) return undefined;
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey))
        setShown(JSON.parse(key) as typeof shown);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [slow, changed, key]);

  const unit = draft.countBy;
  const asked = run.answered;
  const stepEvents = draft.steps.flatMap((step) => step.events);
  const open = (step: number, outcome: Outcome, value?: string, of: ReportInput | null = asked): void => {
    const label = run.answer?.data.steps[step - 1]?.label ?? '';
    if (of?.kind !== 'funnel') return;
    openDrawer({
      kind: 'users',
      what: `${unit} ${OUTCOMES[outcome]} ${label}${value === undefined ? '' : FUNNELS.withValue(value)}${of === asked || !names ? '' : `, ${names.other}`}`,
      report: { ...of, users: { step, outcome, ...(value === undefined ? {} : { value }) } },
      stepEvents,
    });
  };
  const many = draft.steps.length >= 9;
  // What nobody entered has no course to show; the card itself says so.
  const isNobody = run.answer?.data.entrants === 0;
  return (
    <ViewFrame
      view="funnels"
      tools={
        changed &&
        slow && (
          <Button
            intent="primary"
            text={FUNNELS.run}
            title={FUNNELS.runTitle}
            onClick={() => setShown(report)}
          />
        )
      }
    >
      <div className="wm-split">
        <FunnelBuilder />
        <div className="wm-split-main">
          {report === null ? (
            <section className="wm-card" style={{ minHeight: 300 }} aria-label={FUNNELS.funnel}>
              <div className="wm-state">
                <p>{draft.steps.length === 0 ? FUNNELS.chooseFirst : FUNNELS.chooseNext}</p>
              </div>
            </section>
          ) : (
            <>
              <ReportCard
                title={FUNNELS.funnel}
                slot={SLOT}
                run={run}
                controls={
                  many && (
                    <Switch
                      checked={compact}
                      onChange={(event) => setCompact(event.currentTarget.checked)}
                      style={{ margin: 0 }}
                    >
                      {FUNNELS.compact}
                    </Switch>
                  )
                }
                isEmpty={({ data }) => data.entrants === 0}
                {...(run.answer?.provenance.dataThrough == null
                  ? {}
                  : { empty: <NoMatch text={FUNNELS.nobodyDid(run.answer.data.steps[0]?.label ?? '')} /> })}
                table={({ data }) => funnelTable(data)}
                headline={({ data }) =>
                  FUNNELS.unitsConverted(formatExact(data.converted), formatExact(data.entrants), unit)
                }
                draw={({ data }) => {
                  const width = Math.max(640, data.steps.length * 140);
                  return Promise.resolve(
                    drawElement(
                      createElement(FunnelPicture, { data, palette, width, height: 360 }),
                      width,
                      360,
                    ),
                  );
                }}
                chart="funnel"
              >
                {({ data }) => (
                  <FunnelBars
                    data={data}
                    compared={comparedData}
                    unit={unit}
                    compact={compact && many}
                    onOpen={open}
                  />
                )}
              </ReportCard>
              {run.answer && names && comparison && (
                <FunnelComparison
                  answer={run.answer}
                  run={compared}
                  slot={COMPARED_SLOT}
                  names={names}
                  onOpen={(which, step, outcome) =>
                    open(step, outcome, undefined, which === 'other' ? compared.answered : asked)
                  }
                />
              )}
              {!isNobody && <FunnelDetails run={run} slot={SLOT} compared={comparedData} />}
              {!isNobody && asked?.kind === 'funnel' && asked.breakdown !== undefined && (
                <FunnelBreakdown
                  run={run}
                  slot={SLOT}
                  field={asked.breakdown}
                  compared={names && { data: comparedData, name: names.other }}
                  onOpen={open}
                />
              )}
            </>
          )}
        </div>
      </div>
    </ViewFrame>
  );
}
