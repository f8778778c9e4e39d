import { create } from 'zustand';
import type { ReportKind } from '../../shared/reports/report';

type Titles = Readonly<Partial<Record<ReportKind, string>>>;

/** Titles of the reports that were opened, by kind; a report made here has its view's own. */
const useTitles = create<{ readonly titles: Titles }>(() => ({ titles: {} }));

/** Keeps the title of a report that was opened; an empty one leaves the view's own. */
export function keepTitle(kind: ReportKind, title: string): void {
  useTitles.setState(({ titles }) => {
    const others = Object.fromEntries(Object.entries(titles).filter(([name]) => name !== kind));
    return { titles: title === '' ? others : { ...others, [kind]: title } };
  });
}

/** The title of a view's report: that of the one opened, else the view's own. */
export const useReportTitle = (kind: ReportKind, own: string): string =>
  useTitles((state) => state.titles[kind] ?? own);
