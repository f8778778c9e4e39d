import { BrowserWindow } from 'electron';
import { WIRE, type EventMessage } from '../../shared/ipc/bridge';
import { EVENTS, type EventName, type EventOf } from '../../shared/ipc/contract';

/** Tells one window an event of the contract; the payload is parsed, so that nothing else leaves with it. */
export function tellWindow<E extends EventName>(window: BrowserWindow, name: E, payload: EventOf<E>): void {
  if (window.isDestroyed()) return;
  const message = { name, payload: EVENTS[name].parse(payload) } as EventMessage;
  window.webContents.send(WIRE.event, message);
}

/** Tells every window. */
export function tellAllWindows<E extends EventName>(name: E, payload: EventOf<E>): void {
  for (const window of BrowserWindow.getAllWindows()) tellWindow(window, name, payload);
}
