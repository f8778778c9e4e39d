/** Something of a list, found by what it is called or by what it stands for. */
export interface Fit {
  readonly value: string;
  readonly label: string;
}

/** How well an option fits, best first: its whole name, its beginning, anywhere within. */
function rank({ value, label }: Fit, needle: string): number {
  const names = [label.toLocaleLowerCase(), value.toLocaleLowerCase()];
  if (names.includes(needle)) return 0;
  if (names.some((name) => name.startsWith(needle))) return 1;
  return names.some((name) => name.includes(needle)) ? 2 : 3;
}

/** The options that fit what is typed, the best first; equally good ones keep their order. */
export function fitting<T extends Fit>(options: readonly T[], typed: string): readonly T[] {
  const needle = typed.trim().toLocaleLowerCase();
  if (needle === '') return options;
  return options
    .map((option) => ({ option, rank: rank(option, needle) }))
    .filter((entry) => entry.rank < 3)
    .sort((a, b) => a.rank - b.rank)
    .map(({ option }) => option);
}
