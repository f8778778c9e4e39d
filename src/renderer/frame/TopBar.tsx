import { Button, Menu, MenuItem } from '@blueprintjs/core';
import {
  ArrowLeft,
  ArrowRight,
  Calendar,
  Comparison,
  DataConnection,
  Database,
  GlobeNetwork,
  Lock,
  Refresh,
  Search,
} from '@blueprintjs/icons';
import { useState } from 'react';
import { Popup } from './Popup';
import { zoneNames } from '../../shared/time/zones';
import { shortZone } from '../format/time';
import { COMPARES } from '../../shared/reports/report';
import { changeScope, stepBack, stepForward, usePlace, useScope } from '../state/place';
import { refreshAll } from '../state/runs';
import { changeSettings, useSettings } from '../state/settings';
import { useWeekStart, useZone } from '../state/zone';
import { openWorkspace, useWorkspace } from '../state/workspace';
import { COMPARE_NAMES, FRAME } from '../text/frame';
import { Combobox } from './Combobox';
import { useOverlays } from './overlays';
import { describeRange, RangePicker } from './RangePicker';
import { presetLabel, wallDay } from './rangeText';
import { RunIndicator } from './RunIndicator';
import { useNow } from './useNow';

const quiet = { variant: 'minimal' } as const;

function WorkspaceMenu(): React.JSX.Element {
  const { status, list } = useWorkspace();
  const open = status.state === 'open';
  return (
    <Popup
      placement="bottom-start"
      content={
        <Menu>
          {list.connections.map((connection) => (
            <MenuItem
              key={connection.id}
              icon={<DataConnection />}
              text={connection.name}
              label={connection.database ?? ''}
              active={connection.id === status.connection?.id}
              onClick={() => void openWorkspace(connection.id)}
            />
          ))}
          {list.connections.length === 0 && <MenuItem disabled text={FRAME.noConnectionsYet} />}
        </Menu>
      }
    >
      <Button
        {...quiet}
        className="wm-workspace"
        icon={status.readOnly && open ? <Lock title={FRAME.readOnly} /> : <Database />}
        text={open ? `${status.connection?.name ?? ''}` : FRAME.noWorkspace}
        title={
          open ? `${status.connection?.shownAddress ?? ''} · ${status.database ?? ''}` : FRAME.noWorkspace
        }
        aria-haspopup="menu"
      />
    </Popup>
  );
}

function RangeButton(): React.JSX.Element {
  const { range } = useScope();
  const zone = useZone();
  const weekStart = useWeekStart();
  const now = useNow();
  const [open, setOpen] = useState(false);
  const full = describeRange(range, zone, weekStart, now);
  const label = presetLabel(range, wallDay(zone, now), weekStart) ?? full.split(' · ')[0] ?? '';
  return (
    <Popup
      isOpen={open}
      onInteraction={setOpen}
      placement="bottom-start"
      content={
        <RangePicker
          choice={range}
          zone={zone}
          weekStart={weekStart}
          now={now}
          onApply={(choice) => {
            setOpen(false);
            changeScope({ range: choice });
          }}
        />
      }
    >
      <Button
        {...quiet}
        icon={<Calendar />}
        text={label}
        title={`${full} (D)`}
        aria-label={`${FRAME.range}: ${label}`}
        data-shortcut="d"
      />
    </Popup>
  );
}

function CompareButton(): React.JSX.Element {
  const { compare } = useScope();
  return (
    <Popup
      placement="bottom-start"
      content={
        <Menu>
          {COMPARES.map((choice) => (
            <MenuItem
              key={choice}
              text={COMPARE_NAMES[choice]}
              active={choice === compare}
              onClick={() => changeScope({ compare: choice })}
            />
          ))}
        </Menu>
      }
    >
      <Button
        {...quiet}
        icon={<Comparison />}
        text={<span className="is-wide-only">{COMPARE_NAMES[compare]}</span>}
        title={`${FRAME.compare}: ${COMPARE_NAMES[compare]} (C)`}
        aria-label={`${FRAME.compare}: ${COMPARE_NAMES[compare]}`}
        aria-haspopup="menu"
        data-shortcut="c"
      />
    </Popup>
  );
}

function ZoneButton(): React.JSX.Element {
  const zone = useZone();
  const own = useSettings((state) => state.info?.timezone ?? 'UTC');
  const [search, setSearch] = useState('');
  const [open, setOpen] = useState(false);
  const set = (timezone: string): void => {
    setOpen(false);
    setSearch('');
    changeScope({ zone: null });
    void changeSettings({ timezone });
  };
  return (
    <Popup
      isOpen={open}
      onInteraction={setOpen}
      placement="bottom-start"
      content={
        <div className="wm-definition" style={{ width: 300 }}>
          <Combobox
            label={FRAME.zone}
            autoFocus
            search={search}
            onSearch={setSearch}
            placeholder={zone}
            options={[
              { value: 'system', label: own, detail: FRAME.thisMachine },
              ...zoneNames().map((name) => ({ value: name, label: name })),
            ]}
            onPick={(option) => set(option.value)}
          />
        </div>
      }
    >
      <Button
        {...quiet}
        icon={<GlobeNetwork />}
        text={
          <>
            <span className="is-wide-only">{zone}</span>
            <span className="is-narrow-only">{shortZone(zone)}</span>
          </>
        }
        title={`${FRAME.zone}: ${zone}`}
        aria-label={`${FRAME.zone}: ${zone}`}
      />
    </Popup>
  );
}

/** What data, which range, compared with what, in whose time. */
export function TopBar(): React.JSX.Element {
  const history = usePlace((state) => state.history);
  return (
    <header className="wm-top" aria-label={FRAME.topBar}>
      <WorkspaceMenu />
      <Button
        {...quiet}
        icon={<ArrowLeft />}
        aria-label={FRAME.back}
        title={FRAME.backByKey(FRAME.back)}
        disabled={history.past.length === 0}
        onClick={stepBack}
      />
      <Button
        {...quiet}
        icon={<ArrowRight />}
        aria-label={FRAME.forward}
        title={FRAME.forwardByKey(FRAME.forward)}
        disabled={history.future.length === 0}
        onClick={stepForward}
      />
      <RangeButton />
      <CompareButton />
      <ZoneButton />
      <span className="wm-top-gap" />
      <RunIndicator />
      <Button
        {...quiet}
        icon={<Refresh />}
        aria-label={FRAME.refresh}
        title={FRAME.refreshByKey(FRAME.refresh)}
        onClick={refreshAll}
      />
      <Button
        {...quiet}
        className="wm-search"
        icon={<Search />}
        text={<span className="is-wide-only">{FRAME.search}</span>}
        aria-label={FRAME.search}
        title={FRAME.searchByKey(FRAME.search)}
        onClick={() => useOverlays.setState({ palette: true })}
      />
    </header>
  );
}
