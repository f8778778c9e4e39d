import { Button } from '@blueprintjs/core';
import {
  ArrowLeft,
  ArrowRight,
  Calendar,
  Cross,
  Filter as FilterIcon,
  Maximize,
  Minimize,
  Plus,
} from '@blueprintjs/icons';
import { useState, type KeyboardEvent } from 'react';
import { Popup } from '../../frame/Popup';
import type { Dashboard, DashboardCard } from '../../../shared/ipc/library';
import type { RangeInput } from '../../../shared/time/range';
import { describeFilter } from '../../filters/describeFilter';
import { FilterBuilder } from '../../filters/FilterBuilder';
import { describeRange, RangePicker } from '../../frame/RangePicker';
import { presetLabel, wallDay } from '../../frame/rangeText';
import { useNow } from '../../frame/useNow';
import { ViewFrame } from '../../frame/ViewFrame';
import { newId, putItem, removeItem, useLibrary } from '../../state/library';
import { useScope } from '../../state/place';
import { reportRange, type RangeChoice } from '../../state/scope';
import { showToast } from '../../state/toast';
import { useWeekStart, useZone } from '../../state/zone';
import { inOrder, moveCard, placeCards, resizeCard } from './arrange';
import { PinnedCard } from './PinnedCard';
import { DASHBOARDS } from '../../text/dashboards';
import { WORDS } from '../../text/words';

const put = (board: Dashboard): void => void putItem({ shelf: 'dashboards', item: board });

/** A dashboard's range as one chooses it, without zone and week start. */
function choiceOf(range: RangeInput): RangeChoice {
  return 'last' in range ? { last: range.last } : { from: range.from, to: range.to };
}

function Tools({ board }: { board: Dashboard }): React.JSX.Element {
  const zone = useZone();
  const weekStart = useWeekStart();
  const [filtering, setFiltering] = useState(false);
  const scope = useScope();
  const now = useNow();
  const [choosing, setChoosing] = useState(false);
  const { range: current, ...rest } = board;
  const filters = board.filters ?? [];
  const own = DASHBOARDS.ownRanges;
  const label = current
    ? (presetLabel(choiceOf(current), wallDay(zone, now), weekStart) ??
      describeRange(choiceOf(current), zone, weekStart, now))
    : own;
  return (
    <section className="wm-toolbar" aria-label={DASHBOARDS.rangeAndFilters}>
      <Popup
        isOpen={choosing}
        onInteraction={setChoosing}
        placement="bottom-start"
        content={
          <RangePicker
            choice={current ? choiceOf(current) : scope.range}
            zone={zone}
            weekStart={weekStart}
            now={now}
            onApply={(choice) => {
              setChoosing(false);
              put({ ...board, range: reportRange(choice, zone, weekStart) });
            }}
          />
        }
      >
        <Button
          size="small"
          icon={<Calendar size={14} />}
          text={label}
          aria-label={DASHBOARDS.rangeOf(label)}
        />
      </Popup>
      {current && (
        <Button
          size="small"
          variant="minimal"
          text={own}
          onClick={() => {
            put(rest);
            showToast(DASHBOARDS.ownRangesAgain, { undo: () => put(board) });
          }}
        />
      )}
      {filters.map((filter, index) => (
        <span key={index} className="wm-chip">
          <span className="wm-chip-text">{describeFilter(filter)}</span>
          <button
            type="button"
            className="wm-chip-remove"
            aria-label={DASHBOARDS.remove(describeFilter(filter))}
            onClick={() => {
              put({ ...board, filters: filters.filter((_, other) => other !== index) });
              showToast(DASHBOARDS.removed(describeFilter(filter)), { undo: () => put(board) });
            }}
          >
            <Cross size={12} />
          </button>
        </span>
      ))}
      <Popup
        isOpen={filtering}
        onInteraction={setFiltering}
        placement="bottom-start"
        content={
          <FilterBuilder
            onCancel={() => setFiltering(false)}
            onDone={(filter) => {
              setFiltering(false);
              put({ ...board, filters: [...filters, filter] });
            }}
          />
        }
      >
        <Button
          size="small"
          variant="minimal"
          icon={<FilterIcon size={14} />}
          text={DASHBOARDS.filterDashboard}
        />
      </Popup>
    </section>
  );
}

function Card({
  board,
  card,
  arranging,
}: {
  board: Dashboard;
  card: DashboardCard;
  arranging: boolean;
}): React.JSX.Element {
  const change = (cards: readonly DashboardCard[]): void => put({ ...board, cards: [...cards] });
  const move = (by: number): void => change(moveCard(board.cards, card.id, by));
  const resize = (wider: number, taller: number): void =>
    change(resizeCard(board.cards, card.id, wider, taller));
  const remove = (): void => {
    change(placeCards(inOrder(board.cards).filter((other) => other.id !== card.id)));
    showToast(DASHBOARDS.chartRemoved, { undo: () => put(board) });
  };
  const onKeyDown = (event: KeyboardEvent<HTMLLIElement>): void => {
    if (!arranging || event.target !== event.currentTarget || event.altKey) return;
    const step =
      event.key === 'ArrowRight' || event.key === 'ArrowDown'
        ? 1
        : event.key === 'ArrowLeft' || event.key === 'ArrowUp'
          ? -1
          : 0;
    if (step === 0) return;
    event.preventDefault();
    const across = event.key === 'ArrowRight' || event.key === 'ArrowLeft';
    if (event.shiftKey) resize(across ? step : 0, across ? 0 : step);
    else move(step);
  };
  const small = { size: 'small', variant: 'minimal' } as const;
  return (
    <li
      className={arranging ? 'wm-board-card is-arranging' : 'wm-board-card'}
      style={{ gridColumn: `span ${card.width}`, height: card.height * 84 }}
      tabIndex={arranging ? 0 : undefined}
      aria-label={
        arranging
          ? DASHBOARDS.titleArrowsMoveShiftArrowsResize(card.report.title ?? DASHBOARDS.chart)
          : undefined
      }
      draggable={arranging}
      onKeyDown={onKeyDown}
      onDragStart={(event) => event.dataTransfer.setData('text/plain', card.id)}
      onDragOver={(event) => arranging && event.preventDefault()}
      onDrop={(event) => {
        const id = event.dataTransfer.getData('text/plain');
        const order = inOrder(board.cards).map((other) => other.id);
        if (order.includes(id)) change(moveCard(board.cards, id, order.indexOf(card.id) - order.indexOf(id)));
      }}
    >
      <PinnedCard
        card={card}
        range={board.range}
        filters={board.filters ?? []}
        controls={
          arranging && (
            <>
              <Button
                {...small}
                icon={<ArrowLeft size={14} />}
                aria-label={DASHBOARDS.moveEarlier}
                onClick={() => move(-1)}
              />
              <Button
                {...small}
                icon={<ArrowRight size={14} />}
                aria-label={DASHBOARDS.moveLater}
                onClick={() => move(1)}
              />
              <Button
                {...small}
                icon={<Minimize size={14} />}
                aria-label={DASHBOARDS.narrower}
                onClick={() => resize(-1, 0)}
              />
              <Button
                {...small}
                icon={<Maximize size={14} />}
                aria-label={DASHBOARDS.wider}
                onClick={() => resize(1, 0)}
              />
              <Button {...small} icon={<Cross size={14} />} aria-label={WORDS.remove} onClick={remove} />
            </>
          )
        }
      />
    </li>
  );
}

/** Pinned charts, arranged. */
export function DashboardsView(): React.JSX.Element {
  const boards = useLibrary((state) => state.library.dashboards);
  const [chosen, setChosen] = useState<string | null>(null);
  const [arranging, setArranging] = useState(false);
  const [naming, setNaming] = useState<string | null>(null);
  const board = boards.find((entry) => entry.id === chosen) ?? boards[0];
  const add = (): void => {
    const id = newId();
    put({ id, name: DASHBOARDS.numbered(boards.length + 1), cards: [] });
    setChosen(id);
  };
  const remove = (gone: Dashboard): void => {
    void removeItem('dashboards', gone.id).then((done) => {
      if (done) showToast(DASHBOARDS.deleted(gone.name), { undo: () => put(gone) });
    });
  };
  return (
    <ViewFrame
      view="dashboards"
      tools={
        board && (
          <>
            {naming === null ? (
              <Button
                size="small"
                variant="minimal"
                text={WORDS.rename}
                onClick={() => setNaming(board.name)}
              />
            ) : (
              <form
                className="wm-inline"
                onSubmit={(event) => {
                  event.preventDefault();
                  if (naming.trim() !== '') put({ ...board, name: naming.trim() });
                  setNaming(null);
                }}
              >
                <input
                  className="bp6-input"
                  style={{ width: 180 }}
                  autoFocus
                  aria-label={DASHBOARDS.nameOfTheDashboard}
                  value={naming}
                  onChange={(event) => setNaming(event.target.value)}
                />
              </form>
            )}
            <Button size="small" variant="minimal" text={WORDS.delete} onClick={() => remove(board)} />
            <Button
              size="small"
              text={DASHBOARDS.arrange}
              aria-pressed={arranging}
              active={arranging}
              onClick={() => setArranging(!arranging)}
            />
          </>
        )
      }
    >
      <div className="wm-tabs is-across">
        {boards.length > 0 && (
          <div role="tablist" aria-label={DASHBOARDS.dashboards}>
            {boards.map((entry) => (
              <button
                key={entry.id}
                type="button"
                role="tab"
                aria-selected={entry.id === board?.id}
                onClick={() => setChosen(entry.id)}
              >
                {entry.name}
              </button>
            ))}
          </div>
        )}
        <button
          type="button"
          aria-label={DASHBOARDS.newDashboard}
          title={DASHBOARDS.newDashboard}
          onClick={add}
        >
          <Plus size={14} />
        </button>
      </div>
      {board && board.cards.length > 0 ? (
        <>
          <Tools board={board} />
          <ul className="wm-board">
            {inOrder(board.cards).map((card) => (
              <Card key={card.id} board={board} card={card} arranging={arranging} />
            ))}
          </ul>
        </>
      ) : (
        <section className="wm-card" style={{ flex: 1 }}>
          <div className="wm-state">
            <p>{DASHBOARDS.empty}</p>
          </div>
        </section>
      )}
    </ViewFrame>
  );
}
