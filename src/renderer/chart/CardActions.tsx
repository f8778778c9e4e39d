import { Button, Menu, MenuItem } from '@blueprintjs/core';
import {
  Clipboard,
  Code,
  Export,
  Export as ExportIcon,
  InfoSign,
  Media,
  More,
  Pin,
  Th,
} from '@blueprintjs/icons';
import { memo, useEffect, useRef, useState } from 'react';
import { Popup } from '../frame/Popup';
import type { Result } from '../../shared/reports/result';
import { openDrawer } from '../state/drawer';
import { usePalette } from '../theme/palette';
import { useLibrary } from '../state/library';
import type { Shown } from '../state/runs';
import { CARD, EXPORTS } from '../text/cards';
import { Definition, DefinitionButton } from './DefinitionPopover';
import type { ExportFormat } from './exportCard';

/** Pins to a dashboard by its id; to the only one, or a new one, without. */
export type PinTo = (boardId?: string) => void;

export interface CardActionsProps {
  readonly title: string;
  readonly run: Shown;
  /** The answer shown; for a user's list of KPI the same as the run's. */
  readonly answer: Result | null;
  readonly narrow: boolean;
  readonly showsTable: boolean;
  readonly onTable: () => void;
  readonly onExport: (format: ExportFormat | 'copyTable') => void;
  readonly onPin?: PinTo | undefined;
}

function ExportMenu({ onExport }: Pick<CardActionsProps, 'onExport'>): React.JSX.Element {
  return (
    <Menu aria-label={CARD.export}>
      <MenuItem text={EXPORTS.csv} icon={<Th />} onClick={() => onExport('csv')} />
      <MenuItem text={EXPORTS.png} icon={<Media />} onClick={() => onExport('png')} />
      <MenuItem text={EXPORTS.svg} icon={<Media />} onClick={() => onExport('svg')} />
      <MenuItem text={EXPORTS.pdf} icon={<Export />} onClick={() => onExport('pdf')} />
      <MenuItem text={EXPORTS.copyPicture} icon={<Clipboard />} onClick={() => onExport('copyPicture')} />
      <MenuItem text={EXPORTS.copyTable} icon={<Clipboard />} onClick={() => onExport('copyTable')} />
    </Menu>
  );
}

/** Pins at once where there is no choice, else asks for the dashboard. */
function PinButton({
  onPin,
  disabled,
  tabIndex,
}: {
  onPin: PinTo;
  disabled: boolean;
  tabIndex: number;
}): React.JSX.Element {
  const boards = useLibrary((state) => state.library.dashboards);
  const button = (onClick?: () => void): React.JSX.Element => (
    <Button
      {...small}
      icon={<Pin size={14} />}
      aria-label={CARD.pin}
      title={`${CARD.pin} (P)`}
      data-shortcut="p"
      tabIndex={tabIndex}
      disabled={disabled}
      {...(onClick ? { onClick } : { 'aria-haspopup': 'menu' as const })}
    />
  );
  if (boards.length < 2) return button(() => onPin());
  return (
    <Popup
      placement="bottom-end"
      disabled={disabled}
      content={
        <Menu aria-label={CARD.pin}>
          {boards.map(({ id, name }) => (
            <MenuItem key={id} text={name} icon={<Pin />} onClick={() => onPin(id)} />
          ))}
        </Menu>
      }
    >
      {button()}
    </Popup>
  );
}

const small = { size: 'small', variant: 'minimal' } as const;

type ButtonsProps = Omit<CardActionsProps, 'run' | 'answer'> & {
  readonly hasAnswer: boolean;
  readonly onQuery: () => void;
  /** The answer whose definition is open; null while none is. */
  readonly defined: Result | null;
  readonly onDefine: (isOpen: boolean) => void;
};

/** The buttons of a card's header; below 480 px the less used ones gather under "More". */
export function CardActions({ answer, ...props }: CardActionsProps): React.JSX.Element {
  const latest = useRef({ ...props, answer });
  useEffect(() => {
    latest.current = { ...props, answer };
  });
  const [isDefined, setDefined] = useState(false);
  // The same functions throughout, so that the buttons, which cost more than most charts, are drawn when they change.
  const [stable] = useState(() => ({
    onTable: () => latest.current.onTable(),
    onExport: (format: ExportFormat | 'copyTable') => latest.current.onExport(format),
    onPin: (board?: string) => latest.current.onPin?.(board),
    onQuery: () => {
      const { title, run, answer } = latest.current;
      const report = run.answered;
      if (report && answer) openDrawer({ kind: 'lens', title, report, definition: answer.definition });
    },
  }));
  const { title, narrow, showsTable } = props;
  return (
    <Buttons
      {...{ title, narrow, showsTable }}
      {...stable}
      onPin={props.onPin === undefined ? undefined : stable.onPin}
      hasAnswer={answer !== null}
      defined={isDefined ? answer : null}
      onDefine={setDefined}
    />
  );
}

const Buttons = memo(function Buttons(props: ButtonsProps): React.JSX.Element {
  const { title, hasAnswer, narrow, showsTable, onTable, onExport, onPin, onQuery, defined, onDefine } =
    props;
  const boards = useLibrary((state) => state.library.dashboards);
  // What is open asks for the theme when it is drawn.
  usePalette();
  const reach = narrow ? -1 : 0;
  return (
    <>
      <Button
        {...small}
        {...(narrow ? { icon: <Th size={14} /> } : { text: CARD.table })}
        aria-label={CARD.table}
        title={`${CARD.table} (T)`}
        aria-pressed={showsTable}
        data-shortcut="t"
        onClick={onTable}
        disabled={!hasAnswer}
      />
      <Popup placement="bottom-end" content={<ExportMenu onExport={onExport} />} disabled={!hasAnswer}>
        <Button
          {...small}
          {...(narrow ? { icon: <ExportIcon size={14} /> } : { text: CARD.export })}
          aria-label={CARD.export}
          title={CARD.export}
          aria-haspopup="menu"
          data-shortcut="export"
          disabled={!hasAnswer}
        />
      </Popup>
      {/* In a narrow card "More" shows these; their keys work all the same. */}
      <span className={narrow ? 'wm-hidden' : 'wm-card-less'} aria-hidden={narrow}>
        <DefinitionButton
          {...{ title, hasAnswer, defined, onDefine }}
          isOpen={defined !== null && !narrow}
          tabIndex={reach}
        />
        <Button
          {...small}
          icon={<Code size={14} />}
          aria-label={CARD.query}
          title={`${CARD.query} (L)`}
          data-shortcut="l"
          tabIndex={reach}
          onClick={onQuery}
          disabled={!hasAnswer}
        />
        {onPin && <PinButton onPin={onPin} disabled={!hasAnswer} tabIndex={reach} />}
      </span>
      {narrow && (
        <Popup
          placement="bottom-end"
          onClose={() => onDefine(false)}
          content={
            defined ? (
              <Definition title={title} answer={defined} />
            ) : (
              <Menu>
                <MenuItem
                  text={CARD.definition}
                  icon={<InfoSign />}
                  shouldDismissPopover={false}
                  onClick={() => onDefine(true)}
                />
                <MenuItem text={CARD.query} icon={<Code />} onClick={onQuery} />
                {onPin && boards.length < 2 && (
                  <MenuItem text={CARD.pin} icon={<Pin />} onClick={() => onPin()} />
                )}
                {onPin &&
                  boards.length >= 2 &&
                  boards.map(({ id, name }) => (
                    <MenuItem
                      key={id}
                      text={`${CARD.pin}: ${name}`}
                      icon={<Pin />}
                      onClick={() => onPin(id)}
                    />
                  ))}
              </Menu>
            )
          }
        >
          <Button
            {...small}
            icon={<More size={14} />}
            aria-label={CARD.more}
            title={CARD.more}
            disabled={!hasAnswer}
          />
        </Popup>
      )}
    </>
  );
});
