import type { Settings, SettingsPatch } from '../../shared/ipc/settings';
import type { JsonFile } from './jsonFile';

export interface SettingsStore {
  get(): Promise<Settings>;
  set(patch: SettingsPatch): Promise<Settings>;
}

/** The settings file; `onChange` hears every change once it is stored. */
export function createSettingsStore(
  file: JsonFile<Settings>,
  onChange: (settings: Settings) => void,
): SettingsStore {
  return {
    get: () => file.read(),
    async set(patch) {
      const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
      const settings = await file.update((old) => ({ ...old, ...given }));
      onChange(settings);
      return settings;
    },
  };
}
