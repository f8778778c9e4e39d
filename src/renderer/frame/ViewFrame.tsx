import type { ReactNode } from 'react';
import type { ViewName } from '../state/place';
import { ReportMenu, ReportName } from './ReportMenu';
import { VIEW_NAMES } from '../text/frame';

/** A view's heading row and content. */
export function ViewFrame({
  view,
  title,
  tools,
  children,
}: {
  view: ViewName;
  title?: ReactNode;
  tools?: ReactNode;
  children: ReactNode;
}): React.JSX.Element {
  return (
    <>
      <div className="wm-heading">
        <h1 tabIndex={-1}>{VIEW_NAMES[view]}</h1>
        {title}
        <ReportName />
        <div className="wm-heading-end">
          {tools}
          <ReportMenu />
        </div>
      </div>
      {children}
    </>
  );
}
