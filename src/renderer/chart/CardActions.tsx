import { Button, Menu, MenuItem, Popover } from '@blueprintjs/core';
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
import type { ReportInput } from '../../shared/reports/report';
import type { Result } from '../../shared/reports/result';
import { openDrawer } from '../state/drawer';
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
    <Popover
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
    </Popover>
  );
}

const small = { size: 'small', variant: 'minimal' } as const;

type ButtonsProps = Omit<CardActionsProps, 'run'> & { readonly report: ReportInput | null };

/** The buttons of a card's header; below 480 px the less used ones gather under "More". */
export function CardActions({ run, ...props }: CardActionsProps): React.JSX.Element {
  const latest = useRef(props);
  useEffect(() => {
    latest.current = props;
  });
  // The same functions throughout, so that the buttons, which cost more than most charts, are drawn when they change.
  const [stable] = useState(() => ({
    onTable: () => latest.current.onTable(),
    onExport: (format: ExportFormat | 'copyTable') => latest.current.onExport(format),
    onPin: (board?: string) => latest.current.onPin?.(board),
  }));
  const onPin = props.onPin === undefined ? undefined : stable.onPin;
  return <Buttons {...props} {...stable} onPin={onPin} report={run.answered} />;
}

const Buttons = memo(function Buttons(props: ButtonsProps): React.JSX.Element {
  const { title, report, answer, narrow, showsTable, onTable, onExport, onPin } = props;
  const [definition, setDefinition] = useState(false);
  const boards = useLibrary((state) => state.library.dashboards);
  const reach = narrow ? -1 : 0;
  const openLens = (): void => {
    if (report && answer) openDrawer({ kind: 'lens', title, report, definition: answer.definition });
  };
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
        disabled={!answer}
      />
      <Popover placement="bottom-end" content={<ExportMenu onExport={onExport} />} disabled={!answer}>
        <Button
          {...small}
          {...(narrow ? { icon: <ExportIcon size={14} /> } : { text: CARD.export })}
          aria-label={CARD.export}
          title={CARD.export}
          aria-haspopup="menu"
          data-shortcut="export"
          disabled={!answer}
        />
      </Popover>
      {/* In a narrow card "More" shows these; their keys work all the same. */}
      <span className={narrow ? 'wm-hidden' : 'wm-card-less'} aria-hidden={narrow}>
        <DefinitionButton title={title} answer={answer} tabIndex={reach} />
        <Button
          {...small}
          icon={<Code size={14} />}
          aria-label={CARD.query}
          title={`${CARD.query} (L)`}
          data-shortcut="l"
          tabIndex={reach}
          onClick={openLens}
          disabled={!answer}
        />
        {onPin && <PinButton onPin={onPin} disabled={!answer} tabIndex={reach} />}
      </span>
      {narrow && (
        <Popover
          placement="bottom-end"
          onClose={() => setDefinition(false)}
          content={
            definition && answer ? (
              <Definition title={title} answer={answer} />
            ) : (
              <Menu>
                <MenuItem
                  text={CARD.definition}
                  icon={<InfoSign />}
                  shouldDismissPopover={false}
                  onClick={() => setDefinition(true)}
                />
                <MenuItem text={CARD.query} icon={<Code />} onClick={openLens} />
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
            disabled={!answer}
          />
        </Popover>
      )}
    </>
  );
});
