import { create } from 'zustand';

/** What lies over the window. */
export const useOverlays = create<{
  readonly palette: boolean;
  readonly keys: boolean;
  readonly annotations: boolean;
  readonly compare: boolean;
}>(() => ({
  palette: false,
  keys: false,
  annotations: false,
  compare: false,
}));
