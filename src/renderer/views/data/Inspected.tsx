import { Button } from '@blueprintjs/core';
import { Refresh } from '@blueprintjs/icons';
import type { ReactNode } from 'react';
import { Loading } from '../../chart/CardStates';
import { CARD } from '../../text/cards';
import type { Inspection } from './useInspection';
import { DATA } from '../../text/data';

/** A card around something that was looked up: loading, error, answer. */
export function Inspected<T>({
  title,
  inspection,
  className = '',
  children,
}: {
  title: string;
  inspection: Inspection<T>;
  className?: string;
  children: (answer: T) => ReactNode;
}): React.JSX.Element {
  const { answer, problem, loading, again } = inspection;
  return (
    <section className={`wm-card ${className}`} aria-label={title} aria-busy={loading}>
      <header className="wm-card-header">
        <h2>{title}</h2>
        <Button
          size="small"
          variant="minimal"
          icon={<Refresh size={14} />}
          aria-label={DATA.lookAgainAt(title)}
          title={DATA.lookAgain}
          loading={loading && answer !== null}
          onClick={again}
        />
      </header>
      {problem !== null && (
        <div className="wm-card-note is-error" role="alert">
          <span>{CARD.failed(title, answer !== null, problem)}</span>
          <Button size="small" variant="minimal" text={CARD.tryAgain} onClick={again} />
        </div>
      )}
      {answer === null && problem === null && (
        <div className="wm-card-body">
          <Loading name={title} />
        </div>
      )}
      {answer !== null && children(answer)}
    </section>
  );
}
