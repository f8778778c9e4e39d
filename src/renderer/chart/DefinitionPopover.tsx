import { Button } from '@blueprintjs/core';
import { InfoSign } from '@blueprintjs/icons';
import { Popup } from '../frame/Popup';
import type { Result } from '../../shared/reports/result';
import { formatElapsed } from '../format/number';
import { formatDateTime, formatSpan } from '../format/time';
import { CARD } from '../text/cards';
import { WORDS } from '../text/words';
import { CHARTS } from '../text/charts';

/** What the figures of an answer mean, how they were got and how fresh they are. */
export function Definition({ title, answer }: { title: string; answer: Result }): React.JSX.Element {
  const { provenance, definition } = answer;
  const through =
    provenance.dataThrough === null ? '–' : formatDateTime(provenance.dataThrough, provenance.timezone, true);
  return (
    <div className="wm-definition" role="dialog" aria-label={`${CARD.definition}: ${title}`}>
      <h3>{title}</h3>
      <ul>
        {definition.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      <p className="wm-caption">
        {formatSpan(Date.parse(provenance.from), Date.parse(provenance.to), provenance.timezone)} ·{' '}
        {provenance.timezone}
        <br />
        {CHARTS.provenance(
          provenance.executor === 'columns' ? WORDS.columns : WORDS.pipeline,
          formatElapsed(provenance.elapsedMs),
          through,
        )}
        {provenance.why !== undefined && (
          <>
            <br />
            {provenance.why}
          </>
        )}
      </p>
    </div>
  );
}

/** The button that opens it. */
export function DefinitionButton({
  title,
  hasAnswer,
  defined,
  isOpen,
  onDefine,
  tabIndex,
}: {
  title: string;
  hasAnswer: boolean;
  /** The answer to explain, given while it is open. */
  defined: Result | null;
  isOpen: boolean;
  onDefine: (isOpen: boolean) => void;
  tabIndex: number;
}): React.JSX.Element {
  return (
    <Popup
      placement="bottom-end"
      isOpen={isOpen}
      onInteraction={onDefine}
      content={defined ? <Definition title={title} answer={defined} /> : <></>}
    >
      <Button
        size="small"
        variant="minimal"
        icon={<InfoSign size={14} />}
        aria-label={CARD.definition}
        title={`${CARD.definition} (I)`}
        data-shortcut="i"
        tabIndex={tabIndex}
        disabled={!hasAnswer}
      />
    </Popup>
  );
}
