import { contextBridge, ipcRenderer } from 'electron';
import {
  WIRE,
  type CallMessage,
  type EventMessage,
  type ProgressMessage,
  type Reply,
  type WaymarkBridge,
} from '../shared/ipc/bridge';
import type { Channel } from '../shared/ipc/contract';

/** Listens to one of the wires; the Electron event object, which reaches the IPC itself, stays in here. */
function listen<T>(wire: string, listener: (message: T) => void): () => void {
  const forward = (_event: unknown, message: T): void => listener(message);
  ipcRenderer.on(wire, forward);
  return () => ipcRenderer.removeListener(wire, forward);
}

const bridge: WaymarkBridge = {
  call: <C extends Channel>({ id, channel, request }: CallMessage<C>): Promise<Reply<C>> =>
    ipcRenderer.invoke(WIRE.call, { id, channel, request }),
  cancel: (id) => ipcRenderer.send(WIRE.cancel, id),
  onProgress: (listener) => listen<ProgressMessage>(WIRE.progress, listener),
  onEvent: (listener) => listen<EventMessage>(WIRE.event, listener),
};

contextBridge.exposeInMainWorld('waymark', bridge);
