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
import { OverviewView } from '../views/overview/OverviewView';

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
export const RAIL: readonly ViewEntry[] = [{ view: 'overview', Icon: Dashboard, View: OverviewView }];

export const ICONS = {
  funnels: HorizontalBarChartDesc,
  paths: Flows,
  retention: HeatGrid,
  users: People,
  live: Pulse,
  data: Database,
  dashboards: GridView,
  connections: DataConnection,
  settings: Cog,
};

/** The journey opens from a user and has no place in the rail. */
export const JOURNEY: ViewEntry | undefined = undefined;
