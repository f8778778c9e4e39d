import type { HandlersOf } from '../calls/handler';
import type { Services } from '../services';

export function createSettingsHandlers({ settings }: Services): HandlersOf<'settings'> {
  return {
    'settings.get': () => settings.get(),
    'settings.set': (patch) => settings.set(patch),
  };
}
