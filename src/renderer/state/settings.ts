import { create } from 'zustand';
import type { ResponseOf } from '../../shared/ipc/contract';
import { DEFAULT_SETTINGS, type Settings, type SettingsPatch } from '../../shared/ipc/settings';
import { client } from '../client/client';
import { applyTheme } from '../theme/palette';

export type AppInfo = ResponseOf<'app.info'>;

interface SettingsState {
  readonly settings: Settings;
  readonly info: AppInfo | null;
}

/** What the person has set, and what the app says about itself. */
export const useSettings = create<SettingsState>(() => ({ settings: DEFAULT_SETTINGS, info: null }));

/** Reads settings and theme and follows their changes. */
export async function loadSettings(): Promise<AppInfo> {
  client.on('settings.changed', (settings) => useSettings.setState({ settings }));
  client.on('theme.changed', ({ dark }) => applyTheme(dark));
  const [info, settings] = await Promise.all([client.call('app.info'), client.call('settings.get')]);
  useSettings.setState({ info, settings });
  applyTheme(info.dark);
  return info;
}

/** Changes some settings; they apply at once. */
export async function changeSettings(patch: SettingsPatch): Promise<void> {
  useSettings.setState(({ settings }) => ({
    settings: {
      ...settings,
      ...(Object.fromEntries(
        Object.entries(patch).filter(([, value]) => value !== undefined),
      ) as Partial<Settings>),
    },
  }));
  const settings = await client.call('settings.set', patch);
  useSettings.setState({ settings });
}

/** The workspace's zone: the one set, else the machine's. */
export const zoneOf = ({ settings, info }: SettingsState): string =>
  settings.timezone === 'system' ? (info?.timezone ?? 'UTC') : settings.timezone;
