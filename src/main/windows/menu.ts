import { Menu, type MenuItemConstructorOptions } from 'electron';
import type { EventOf } from '../../shared/ipc/contract';
import { tellWindow } from '../calls/tellWindows';
import type { Windows } from './windows';

type Command = EventOf<'menu.command'>['command'];

/**
 * The application menu. What belongs to a view is told to the window as a command; the page also knows the
 * shortcuts and prevents the menu from seeing those it has handled.
 */
export function setUpMenu(options: {
  windows: Windows;
  copyDiagnostics: () => void;
  checkForUpdates: () => void;
  changeZoom: (step: 'in' | 'out' | 'reset') => void;
}): void {
  const { windows, copyDiagnostics, checkForUpdates, changeZoom } = options;
  const isMac = process.platform === 'darwin';

  const command = (label: string, name: Command, accelerator?: string): MenuItemConstructorOptions => ({
    label,
    ...(accelerator === undefined ? {} : { accelerator }),
    click: () => {
      const window = windows.current();
      if (window) tellWindow(window, 'menu.command', { command: name });
    },
  });
  const separator: MenuItemConstructorOptions = { type: 'separator' };

  const template: MenuItemConstructorOptions[] = [
    ...(isMac ? [{ role: 'appMenu' as const }] : []),
    {
      label: '&File',
      submenu: [
        { label: 'New Window', accelerator: 'CmdOrCtrl+Shift+N', click: () => void windows.open() },
        separator,
        command('Open Report…', 'openReport', 'CmdOrCtrl+O'),
        command('Save Report', 'saveReport', 'CmdOrCtrl+S'),
        command('Save Report As…', 'saveReportAs', 'CmdOrCtrl+Shift+S'),
        command('Export…', 'export', 'CmdOrCtrl+E'),
        separator,
        command('Connections', 'connections'),
        command('Settings', 'settings', 'CmdOrCtrl+,'),
        separator,
        isMac ? { role: 'close' } : { role: 'quit' },
      ],
    },
    {
      label: '&Edit',
      submenu: [
        { role: 'undo' },
        { role: 'redo' },
        separator,
        { role: 'cut' },
        { role: 'copy' },
        { role: 'paste' },
        { role: 'selectAll' },
      ],
    },
    {
      label: '&View',
      submenu: [
        command('Search or Run', 'palette', 'CmdOrCtrl+K'),
        command('Refresh', 'refresh', 'CmdOrCtrl+R'),
        command('Cancel Run', 'cancel', 'CmdOrCtrl+.'),
        separator,
        command('Toggle Rail', 'toggleRail', 'CmdOrCtrl+B'),
        command('Toggle Drawer', 'toggleDrawer', 'CmdOrCtrl+J'),
        separator,
        { label: 'Zoom In', accelerator: 'CmdOrCtrl+Plus', click: () => changeZoom('in') },
        { label: 'Zoom Out', accelerator: 'CmdOrCtrl+-', click: () => changeZoom('out') },
        { label: 'Actual Size', accelerator: 'CmdOrCtrl+0', click: () => changeZoom('reset') },
        { role: 'togglefullscreen' },
      ],
    },
    { role: 'windowMenu' },
    {
      role: 'help',
      submenu: [
        command('Keyboard Shortcuts', 'keys'),
        separator,
        { label: 'Copy Diagnostics', click: copyDiagnostics },
        { label: 'Check for Updates…', click: checkForUpdates },
      ],
    },
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}
