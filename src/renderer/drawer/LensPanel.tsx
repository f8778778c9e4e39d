import { Button } from '@blueprintjs/core';
import { useEffect, useState } from 'react';
import type { ReportExplanation } from '../../shared/ipc/reports';
import { Facts } from '../chart/Facts';
import { client } from '../client/client';
import { Loading } from '../chart/CardStates';
import { formatElapsed, formatExact } from '../format/number';
import type { LensContent } from '../state/drawer';
import { showToast } from '../state/toast';
import { CARD, EXPORTS } from '../text/cards';
import { DrawerHeader } from './Drawer';
import { DRAWER } from '../text/drawer';
import { WORDS } from '../text/words';

const copy = (text: string): void =>
  void client.call('clipboard.write', { text }).then(() => showToast(EXPORTS.copied));

function Pipeline({ pipeline }: { pipeline: ReportExplanation['pipelines'][number] }): React.JSX.Element {
  const { title, collection, mongosh, plan } = pipeline;
  const figures: readonly (readonly [string, string])[] = plan
    ? [
        [DRAWER.index, plan.index ?? DRAWER.noIndex],
        [DRAWER.keysExamined, formatExact(plan.keysExamined)],
        [DRAWER.documentsExamined, formatExact(plan.documentsExamined)],
        [DRAWER.returned, formatExact(plan.returned)],
        [WORDS.time, plan.elapsedMs === null ? '–' : formatElapsed(plan.elapsedMs)],
        [DRAWER.stages, plan.stages.join(' → ')],
      ]
    : [];
  return (
    <section className="wm-lens-part">
      <div className="wm-lens-head">
        <h3>
          {title} <span className="wm-muted">· {collection}</span>
        </h3>
        <Button size="small" text={DRAWER.copyForMongosh} onClick={() => copy(mongosh)} />
      </div>
      <pre className="wm-mono wm-lens-code" tabIndex={0} aria-label={DRAWER.pipelineOf(title)}>
        {mongosh}
      </pre>
      {plan && <Facts facts={figures} label={DRAWER.plan} />}
    </section>
  );
}

/** How an answer was got: its rules, its pipelines as they ran, their plans, and what would help. */
export function LensPanel({ content }: { content: LensContent }): React.JSX.Element {
  const [state, setState] = useState<{ explanation?: ReportExplanation; error?: string }>({});
  const [attempt, setAttempt] = useState(0);
  const report = JSON.stringify(content.report);
  useEffect(() => {
    const controller = new AbortController();
    client
      .call(
        'report.explain',
        { report: JSON.parse(report) as typeof content.report },
        { signal: controller.signal },
      )
      .then(
        (explanation) => setState({ explanation }),
        (error: unknown) => {
          if (!controller.signal.aborted)
            setState({ error: error instanceof Error ? error.message : String(error) });
        },
      );
    return () => controller.abort();
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `content` only gives a type here
  }, [report, attempt]);
  const { explanation, error } = state;
  return (
    <>
      <DrawerHeader title={`${CARD.query}: ${content.title}`} />
      <div className="wm-drawer-body wm-lens">
        <section className="wm-lens-part">
          <h3>{CARD.definition}</h3>
          <ul className="wm-list">
            {content.definition.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </section>
        {!explanation && error === undefined && <Loading name={DRAWER.loadingQuery} />}
        {error !== undefined && (
          <div className="wm-state is-error" role="alert">
            <p>{CARD.failed(DRAWER.theQuery, false, error)}</p>
            <Button
              size="small"
              text={CARD.tryAgain}
              onClick={() => {
                setState({});
                setAttempt((old) => old + 1);
              }}
            />
          </div>
        )}
        {explanation && (
          <>
            {explanation.why !== undefined && <p className="wm-lens-part">{explanation.why}</p>}
            {explanation.pipelines.map((pipeline, index) => (
              <Pipeline key={index} pipeline={pipeline} />
            ))}
            <section className="wm-lens-part">
              <h3>{DRAWER.advice}</h3>
              {explanation.advice.length === 0 && <p className="wm-muted">{DRAWER.nothingToImprove}</p>}
              <ul className="wm-list">
                {explanation.advice.map(({ text, command }) => (
                  <li key={text}>
                    {text}
                    {command !== undefined && (
                      <div className="wm-lens-head">
                        <code className="wm-mono wm-cut">{command}</code>
                        <Button size="small" text={WORDS.copy} onClick={() => copy(command)} />
                      </div>
                    )}
                  </li>
                ))}
              </ul>
            </section>
          </>
        )}
      </div>
    </>
  );
}
