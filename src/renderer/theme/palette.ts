import { create } from 'zustand';

const NAMES = [
  'app',
  'surface',
  'raised',
  'hover',
  'selected',
  'text',
  'muted',
  'hairline',
  'control',
  'other',
  'link',
  'accent',
  'success',
  'warning',
  'danger',
] as const;

/** The colours of the theme in use, read from the style sheet that defines them. */
export type Palette = Record<(typeof NAMES)[number], string> & {
  readonly dark: boolean;
  /** The family list of the window's type. */
  readonly font: string;
  readonly series: readonly string[];
  readonly sequence: readonly string[];
  readonly sequenceInk: readonly string[];
};

function readPalette(): Palette {
  const style = getComputedStyle(document.body);
  const read = (name: string): string => style.getPropertyValue(`--wm-${name}`).trim();
  const run = (name: string, count: number): string[] =>
    Array.from({ length: count }, (_, index) => read(`${name}-${index + 1}`));
  return {
    ...(Object.fromEntries(NAMES.map((name) => [name, read(name)])) as Record<
      (typeof NAMES)[number],
      string
    >),
    dark: document.body.classList.contains('bp6-dark'),
    font: read('font'),
    series: run('series', 8),
    sequence: run('sequence', 6),
    sequenceInk: run('ink', 6),
  };
}

const usePaletteStore = create<{ palette: Palette }>(() => ({ palette: readPalette() }));

/** The colours in use; renders again when the theme changes. */
export function usePalette(): Palette {
  return usePaletteStore((state) => state.palette);
}

/** Switches the window to a theme. */
export function applyTheme(dark: boolean): void {
  document.body.classList.toggle('bp6-dark', dark);
  usePaletteStore.setState({ palette: readPalette() });
}
