import { screen, type BrowserWindow, type Rectangle } from 'electron';
import { z } from 'zod';
import type { JsonFile } from '../storage/jsonFile';

export const MIN_SIZE = { width: 1024, height: 700 } as const;
const DEFAULT_SIZE = { width: 1440, height: 900 } as const;

const pixels = z.number().int().min(-100_000).max(100_000);

export const windowStateSchema = z.object({
  bounds: z.object({ x: pixels, y: pixels, width: pixels.min(200), height: pixels.min(200) }).nullable(),
  isMaximized: z.boolean().default(false),
});
export type WindowState = z.infer<typeof windowStateSchema>;

/** Whether at least a corner's worth of a window can be seen on one of the displays there are now. */
export function isVisibleOn(bounds: Rectangle, displays: readonly Rectangle[]): boolean {
  return displays.some((area) => {
    const width = Math.min(bounds.x + bounds.width, area.x + area.width) - Math.max(bounds.x, area.x);
    const height = Math.min(bounds.y + bounds.height, area.y + area.height) - Math.max(bounds.y, area.y);
    return width >= 100 && height >= 100;
  });
}

/** Where a new window goes: where the last one was, when that can still be seen. */
export function placeWindow({ bounds }: WindowState): {
  x?: number;
  y?: number;
  width: number;
  height: number;
} {
  if (
    !bounds ||
    !isVisibleOn(
      bounds,
      screen.getAllDisplays().map((display) => display.workArea),
    )
  ) {
    return { ...DEFAULT_SIZE };
  }
  return bounds;
}

/** Stores a window's place when it closes, for the next one. */
export function rememberPlace(window: BrowserWindow, file: JsonFile<WindowState>): void {
  window.on('close', () => {
    const state = { bounds: window.getNormalBounds(), isMaximized: window.isMaximized() };
    void file.update(() => state).catch(() => undefined);
  });
}
