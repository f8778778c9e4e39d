import { nativeTheme } from 'electron';
import type { Settings } from '../../shared/ipc/settings';
import { tellAllWindows } from '../calls/tellWindows';
import type { Windows } from './windows';

/** Follows the system's theme unless the settings name one, and tells the windows of every change. */
export function followTheme(theme: Settings['theme'], windows: Windows): void {
  nativeTheme.themeSource = theme;
  nativeTheme.on('updated', () => {
    windows.applyTheme();
    tellAllWindows('theme.changed', { dark: nativeTheme.shouldUseDarkColors });
  });
}

export function applyTheme(theme: Settings['theme']): void {
  nativeTheme.themeSource = theme;
}
