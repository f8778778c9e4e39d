import { create } from 'zustand';
import { focusAgain } from './focusReturn';
import type { ReportInput } from '../../shared/reports/report';

/** The users behind a mark. `report` asks for the list; `count` is the figure it must equal, when known. */
export interface UsersContent {
  readonly kind: 'users';
  /** "dropped before Payment": follows the number of users. */
  readonly what: string;
  readonly report: ReportInput;
  readonly stepEvents?: readonly string[];
}

/** How a figure was got. */
export interface LensContent {
  readonly kind: 'lens';
  readonly title: string;
  readonly report: ReportInput;
  readonly definition: readonly string[];
}

export type DrawerContent = UsersContent | LensContent;

interface DrawerState {
  readonly open: boolean;
  readonly content: DrawerContent | null;
  readonly widthPx: number;
}

/** The panel beside the report. It never alters the report. */
export const useDrawer = create<DrawerState>(() => ({ open: false, content: null, widthPx: 400 }));

let returnTo: Element | null = null;

/** Shows something in the drawer; focus comes back to where it was when it closes. */
export function openDrawer(content: DrawerContent): void {
  if (!useDrawer.getState().open) returnTo = document.activeElement;
  useDrawer.setState({ open: true, content });
}

/** Closes the drawer and gives focus back. */
export function closeDrawer(): void {
  useDrawer.setState({ open: false });
  focusAgain(returnTo);
  returnTo = null;
}

/** Opens the drawer with what it last held, or closes it. */
export function toggleDrawer(): void {
  const { open, content } = useDrawer.getState();
  if (open) closeDrawer();
  else if (content) openDrawer(content);
}
