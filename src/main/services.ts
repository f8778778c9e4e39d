import type { ConnectionStore } from './connections/connectionStore';
import type { Workspaces } from './connections/workspaces';
import type { AnalyticsClient } from './analytics/analyticsClient';
import type { Diagnostics } from './diagnostics/diagnostics';
import type { Log } from './diagnostics/log';
import type { ReportFiles } from './files/reportFiles';
import type { LibraryStore } from './storage/libraryStore';
import type { SettingsStore } from './storage/settingsStore';
import type { StartUp } from './startUp';
import type { Updates } from './updates/updates';
import type { Windows } from './windows/windows';

/** What the handlers work with; made once, in `main.ts`. */
export interface Services {
  readonly analytics: AnalyticsClient;
  readonly connections: ConnectionStore;
  readonly diagnostics: Diagnostics;
  readonly library: LibraryStore;
  readonly log: Log;
  readonly reportFiles: ReportFiles;
  readonly settings: SettingsStore;
  readonly startUp: StartUp;
  readonly updates: Updates;
  readonly windows: Windows;
  readonly workspaces: Workspaces;
}
