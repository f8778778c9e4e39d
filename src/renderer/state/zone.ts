import type { WeekDay } from '../../shared/time/calendar';
import { currentPlace, useScope } from './place';
import { useSettings, zoneOf } from './settings';

/** The zone in force: that of an opened report, else the workspace's. */
export function useZone(): string {
  const own = useSettings(zoneOf);
  return useScope().zone ?? own;
}

/** The week start in force. */
export function useWeekStart(): WeekDay {
  const own = useSettings((state) => state.settings.weekStart);
  return useScope().weekStart ?? own;
}

/** The zone in force, outside of rendering. */
export const currentZone = (): string => currentPlace().scope.zone ?? zoneOf(useSettings.getState());
