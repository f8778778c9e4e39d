import { create } from 'zustand';

/** What can lie over the window. */
export type Overlay = 'palette' | 'keys' | 'annotations' | 'compare';

/** What lies over the window. */
export const useOverlays = create<Readonly<Record<Overlay, boolean>>>(() => ({
  palette: false,
  keys: false,
  annotations: false,
  compare: false,
}));
