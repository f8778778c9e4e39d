import { useEffect } from 'react';
import { CompareDialog } from './compare/CompareDialog';
import { FilterBar } from './filters/FilterBar';
import { Drawer } from './drawer/Drawer';
import { AnnotationDialog } from './frame/AnnotationDialog';
import { ConnectFirst } from './frame/ConnectFirst';
import { KeysDialog } from './frame/KeysDialog';
import { Rail } from './frame/Rail';
import { listenForKeys } from './frame/shortcuts';
import { StatusBar } from './frame/StatusBar';
import { Toasts } from './frame/Toasts';
import { TopBar } from './frame/TopBar';
import { useWindowWidth } from './frame/useWindowWidth';
import { JOURNEY, RAIL } from './frame/views';
import { CommandPalette } from './palette/CommandPalette';
import { useView } from './state/place';
import { followFocus } from './state/placeFocus';
import { useSettings } from './state/settings';
import { useWorkspace } from './state/workspace';
import { usePalette } from './theme/palette';
import { VIEW_NAMES } from './text/frame';

/** Below this width the rail shows icons only. */
const NARROW_PX = 1_200;

/** The window: rail, bars, one view, the drawer beside it. */
export function App(): React.JSX.Element {
  const view = useView();
  useEffect(() => listenForKeys(), []);
  useEffect(() => followFocus(), []);
  // What is open over the window asks for the theme when it is drawn: another theme draws everything anew.
  usePalette();
  const collapsed = useSettings((state) => state.settings.railCollapsed);
  const state = useWorkspace((workspace) => workspace.status.state);
  const narrow = useWindowWidth() < NARROW_PX;
  const entry = view === 'journey' ? JOURNEY : RAIL.find((candidate) => candidate.view === view);
  const View = entry?.View;
  const needsData = !entry?.offline && (state === 'closed' || state === 'opening');
  return (
    <div className={narrow || collapsed ? 'wm-frame is-narrow-rail' : 'wm-frame'}>
      <Rail />
      <TopBar />
      <FilterBar />
      <main className="wm-content" aria-label={VIEW_NAMES[view]} tabIndex={-1}>
        {needsData ? <ConnectFirst view={view} /> : View && <View />}
      </main>
      <Drawer />
      <StatusBar />
      <Toasts />
      <CommandPalette />
      <KeysDialog />
      <AnnotationDialog />
      <CompareDialog />
    </div>
  );
}
