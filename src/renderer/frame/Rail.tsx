import { Fragment } from 'react';
import { openView, useView } from '../state/place';
import { FRAME, VIEW_NAMES } from '../text/frame';
import { RAIL } from './views';

/** The mark: three rising way-points. */
function Mark(): React.JSX.Element {
  return (
    <svg width={24} height={24} viewBox="0 0 24 24" aria-hidden>
      <path d="M3 18 L9 10 L14 14 L21 5" fill="none" stroke="var(--wm-accent)" strokeWidth={2.5} />
      <circle cx={9} cy={10} r={2.5} fill="var(--wm-accent)" />
      <circle cx={14} cy={14} r={2.5} fill="var(--wm-accent)" />
      <circle cx={21} cy={5} r={2.5} fill="var(--wm-series-2)" />
    </svg>
  );
}

/** The way to every view. */
export function Rail(): React.JSX.Element {
  const view = useView();
  const shown = view === 'journey' ? 'users' : view;
  return (
    <nav className="wm-rail" aria-label={FRAME.views}>
      <div className="wm-brand">
        <Mark />
        <span className="wm-brand-name">{FRAME.brand}</span>
      </div>
      {RAIL.map(({ view: name, Icon, group }) => (
        <Fragment key={name}>
          {group && <div className="wm-rail-gap" role="presentation" />}
          <a
            href={`#${name}`}
            className="wm-rail-item"
            aria-current={shown === name ? 'page' : undefined}
            title={VIEW_NAMES[name]}
            onClick={(event) => {
              event.preventDefault();
              openView(name);
            }}
          >
            <Icon size={16} />
            <span className="wm-rail-label">{VIEW_NAMES[name]}</span>
          </a>
        </Fragment>
      ))}
    </nav>
  );
}
