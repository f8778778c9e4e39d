import type { WaymarkBridge } from '../../shared/ipc/bridge';
import { createClient } from '../../shared/ipc/client';

declare global {
  interface Window {
    /** What the preload script exposes; the only way out of this window. */
    readonly waymark: WaymarkBridge;
  }
}

/** The one client of this window. */
export const client = createClient(window.waymark);
