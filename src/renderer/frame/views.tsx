import {
  Cog,
  Dashboard,
  DataConnection,
  Database,
  Flows,
  GridView,
  HeatGrid,
  HorizontalBarChartDesc,
  People,
  Pulse,
} from '@blueprintjs/icons';
import type { ComponentType } from 'react';
import type { ViewName } from '../state/place';
import { ConnectionsView } from '../views/connections/ConnectionsView';
import { DashboardsView } from '../views/dashboards/DashboardsView';
import { DataView } from '../views/data/DataView';
import { LiveView } from '../views/live/LiveView';
import { FunnelsView } from '../views/funnels/FunnelsView';
import { JourneyView } from '../views/journey/JourneyView';
import { OverviewView } from '../views/overview/OverviewView';
import { PathsView } from '../views/paths/PathsView';
import { RetentionView } from '../views/retention/RetentionView';
import { SettingsView } from '../views/settings/SettingsView';
import { UsersView } from '../views/users/UsersView';

export interface ViewEntry {
  readonly view: ViewName;
  readonly Icon: ComponentType<{ size?: number }>;
  readonly View: ComponentType;
  /** Begins a new group of the rail. */
  readonly group?: boolean;
  /** Works without a connection. */
  readonly offline?: boolean;
}

/** The views of the rail in its order; a view that is not listed does not exist. */
export const RAIL: readonly ViewEntry[] = [
  { view: 'overview', Icon: Dashboard, View: OverviewView },
  { view: 'funnels', Icon: HorizontalBarChartDesc, View: FunnelsView },
  { view: 'paths', Icon: Flows, View: PathsView },
  { view: 'retention', Icon: HeatGrid, View: RetentionView },
  { view: 'users', Icon: People, View: UsersView },
  { view: 'live', Icon: Pulse, View: LiveView },
  { view: 'data', Icon: Database, View: DataView, group: true },
  { view: 'dashboards', Icon: GridView, View: DashboardsView },
  { view: 'connections', Icon: DataConnection, View: ConnectionsView, group: true, offline: true },
  { view: 'settings', Icon: Cog, View: SettingsView, offline: true },
];

/** The journey opens from a user and has no place in the rail. */
export const JOURNEY: ViewEntry = { view: 'journey', Icon: People, View: JourneyView };
