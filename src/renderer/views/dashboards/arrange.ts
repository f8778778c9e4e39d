import type { DashboardCard } from '../../../shared/ipc/library';

export const WIDTHS = [3, 4, 6, 8, 12] as const;
const COLUMNS = 12;

/** Cards in reading order. */
export function inOrder(cards: readonly DashboardCard[]): DashboardCard[] {
  return [...cards].sort((a, b) => a.row - b.row || a.column - b.column);
}

/** Gives cards places in their order: from left to right, a new row when one does not fit. */
export function placeCards(cards: readonly DashboardCard[]): DashboardCard[] {
  let column = 0;
  let row = 0;
  let tallest = 0;
  return cards.map((card) => {
    if (column + card.width > COLUMNS) {
      column = 0;
      row += tallest;
      tallest = 0;
    }
    const placed = { ...card, column, row };
    column += card.width;
    tallest = Math.max(tallest, card.height);
    return placed;
  });
}

/** The cards with one moved by some places in the order. */
export function moveCard(cards: readonly DashboardCard[], id: string, by: number): DashboardCard[] {
  const list = inOrder(cards);
  const from = list.findIndex((card) => card.id === id);
  const [card] = list.splice(from, 1);
  if (card) list.splice(Math.max(0, Math.min(list.length, from + by)), 0, card);
  return placeCards(list);
}

/** The cards with one a step wider or taller. */
export function resizeCard(
  cards: readonly DashboardCard[],
  id: string,
  wider: number,
  taller: number,
): DashboardCard[] {
  return placeCards(
    inOrder(cards).map((card) => {
      if (card.id !== id) return card;
      const at = WIDTHS.findIndex((width) => width >= card.width);
      const width = WIDTHS[Math.max(0, Math.min(WIDTHS.length - 1, at + wider))] ?? card.width;
      return { ...card, width, height: Math.max(2, Math.min(12, card.height + taller)) };
    }),
  );
}
