import { create } from 'zustand';
import type { Library } from '../../shared/ipc/library';
import type { Filter } from '../../shared/reports/filters';
import type { ReportInput } from '../../shared/reports/report';
import { client } from '../client/client';
import { showToast } from './toast';

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

const FIRST_DASHBOARD = 'Dashboard';

/** Pins a chart to the first dashboard, which is made when there is none. */
export async function pinReport(pinned: ReportInput, title: string, chart: string): Promise<void> {
  const [first] = useLibrary.getState().library.dashboards;
  const board = first ?? { id: newId(), name: FIRST_DASHBOARD, cards: [] };
  const row = Math.max(0, ...board.cards.map((card) => card.row + card.height));
  const card = {
    id: newId(),
    report: { ...pinned, title: pinned.title ?? title },
    chart,
    column: 0,
    row,
    width: 6,
    height: 4,
  };
  await putItem({ shelf: 'dashboards', item: { ...board, cards: [...board.cards, card] } });
  showToast(`${title} is on ${board.name}.`, {
    undo: () => void putItem({ shelf: 'dashboards', item: board }),
  });
}

/** Keeps filters as a segment under a name. */
export async function saveSegment(name: string, filters: readonly Filter[]): Promise<string> {
  const id = newId();
  await putItem({ shelf: 'segments', item: { id, name, filters: [...filters] } });
  return id;
}

/** The filters of a segment; none when it is gone. */
export const segmentFilters = (library: Library, id: string | null): readonly Filter[] =>
  library.segments.find((segment) => segment.id === id)?.filters ?? [];
