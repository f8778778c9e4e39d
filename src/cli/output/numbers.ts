/** Numbers as the tables show them: same digits on every machine, whatever its locale. */

const NOTHING = '–';

/** With thin separators: 12,345. */
export function showCount(value: number | null | undefined): string {
  if (value === null || value === undefined) return NOTHING;
  const rounded = Math.round(value * 100) / 100;
  const [whole = '0', fraction] = String(rounded).split('.');
  if (whole.includes('e')) return String(rounded);
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** A rate of 0…1 as a percentage with one decimal. */
export function showRate(value: number | null | undefined): string {
  return value === null || value === undefined ? NOTHING : `${(value * 100).toFixed(1)} %`;
}

/** Seconds in the two largest units that say it: `1 d 4 h`, `3 min 20 s`, `0.25 s`. */
export function showDuration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return NOTHING;
  if (seconds < 60) return `${Math.round(seconds * 100) / 100} s`;
  const whole = Math.round(seconds);
  const units = [
    ['d', 86_400],
    ['h', 3_600],
    ['min', 60],
    ['s', 1],
  ] as const;
  const first = units.findIndex(([, size]) => whole >= size);
  const parts: string[] = [];
  let left = whole;
  for (const [unit, size] of units.slice(first, first + 2)) {
    const amount = Math.floor(left / size);
    left -= amount * size;
    if (amount > 0) parts.push(`${amount} ${unit}`);
  }
  return parts.join(' ');
}

/** Bytes in the largest unit that gives a number of at least 1. */
export function showBytes(bytes: number | null | undefined): string {
  if (bytes === null || bytes === undefined) return NOTHING;
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1_000 && unit < units.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit] ?? 'B'}`;
}

export function showText(value: string | null | undefined): string {
  return value === null || value === undefined || value === '' ? NOTHING : value;
}
