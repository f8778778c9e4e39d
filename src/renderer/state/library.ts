import { create } from 'zustand';
import type { Library, LibraryShelf } from '../../shared/ipc/library';
import type { Filter } from '../../shared/reports/filters';
import type { ReportInput } from '../../shared/reports/report';
import { client } from '../client/client';
import { inOrder, placeCards } from '../views/dashboards/arrange';
import { showToast } from './toast';
import { NOTICES } from '../text/notices';
import { DASHBOARDS } from '../text/dashboards';

/** Dashboards, segments and annotations of the connection in use. */
export const useLibrary = create<{ readonly library: Library }>(() => ({
  library: { dashboards: [], segments: [], annotations: [] },
}));

const keep = (library: Library): void => useLibrary.setState({ library });
const report = (error: unknown): void =>
  showToast(error instanceof Error ? error.message : String(error), { level: 'problem' });

/** Reads the library of the connection. */
export async function loadLibrary(): Promise<void> {
  try {
    keep(await client.call('library.get'));
  } catch (error) {
    report(error);
  }
}

client.on('library.changed', keep);

export const newId = (): string => crypto.randomUUID();

/** Keeps an item; one with the same id is replaced. */
export async function putItem(item: Parameters<typeof client.call<'library.put'>>[1]): Promise<void> {
  if (!item) return;
  try {
    keep(await client.call('library.put', item));
  } catch (error) {
    report(error);
  }
}

/** Takes an item away; false, with the reason told, when that failed. Putting it again undoes it. */
export async function removeItem(shelf: LibraryShelf, id: string): Promise<boolean> {
  try {
    keep(await client.call('library.remove', { shelf, id }));
    return true;
  } catch (error) {
    report(error);
    return false;
  }
}

const FIRST_DASHBOARD = DASHBOARDS.dashboard;

/** Pins come one after the other: each is put beside those before it. */
let lastPin: Promise<void> = Promise.resolve();

/** Pins a chart to a dashboard (the first unless one is named), which is made when there is none. */
export function pinReport(...pin: Parameters<typeof pinNow>): Promise<void> {
  lastPin = lastPin.then(() => pinNow(...pin));
  return lastPin;
}

async function pinNow(pinned: ReportInput, title: string, chart: string, boardId?: string): Promise<void> {
  const { dashboards } = useLibrary.getState().library;
  const board = dashboards.find(({ id }) => id === boardId) ??
    dashboards[0] ?? { id: newId(), name: FIRST_DASHBOARD, cards: [] };
  const card = {
    id: newId(),
    report: { ...pinned, title: pinned.title ?? title },
    chart,
    column: 0,
    row: Math.max(0, ...board.cards.map(({ row, height }) => row + height)),
    width: 6,
    height: 4,
  };
  const cards = placeCards([...inOrder(board.cards), card]);
  await putItem({ shelf: 'dashboards', item: { ...board, cards } });
  showToast(NOTICES.pinned(title, board.name), {
    undo: () => void putItem({ shelf: 'dashboards', item: board }),
  });
}

/** Keeps filters as a segment under a name. */
export async function saveSegment(name: string, filters: readonly Filter[]): Promise<string> {
  const id = newId();
  await putItem({ shelf: 'segments', item: { id, name, filters: [...filters] } });
  return id;
}
