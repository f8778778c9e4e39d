import { changeSince, type Change } from '../../shared/reports/ratios';

/** What an unknown figure looks like. */
export const UNKNOWN = '–';
/** Between digits and unit: does not break. */
const GAP = '\u00a0';

const formats = new Map<string, Intl.NumberFormat>();

function digits(value: number, options: Intl.NumberFormatOptions, locale?: string): string {
  const key = `${locale ?? ''}${JSON.stringify(options)}`;
  let format = formats.get(key);
  if (!format) formats.set(key, (format = new Intl.NumberFormat(locale, options)));
  return format.format(value);
}

/** A figure in full, at most two decimals; "–" when unknown. */
export function formatExact(value: number | null | undefined, locale?: string): string {
  if (value == null) return UNKNOWN;
  return digits(value, { maximumFractionDigits: 2 }, locale);
}

/** A figure for a narrow place: compact from 10,000 (12.4K), in full below. */
export function formatCompact(value: number | null | undefined, locale?: string): string {
  if (value == null) return UNKNOWN;
  if (Math.abs(value) < 10_000) return formatExact(value, locale);
  return digits(value, { notation: 'compact', maximumFractionDigits: 1 }, locale);
}

/** A rate 0…1 as percent with one decimal; "<0.1 %" for what would round to nothing. */
export function formatPercent(rate: number | null | undefined, locale?: string): string {
  if (rate == null) return UNKNOWN;
  const one: Intl.NumberFormatOptions = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
  if (rate > 0 && rate < 0.001) return `<${digits(0.1, one, locale)}${GAP}%`;
  return `${digits(rate * 100, one, locale)}${GAP}%`;
}

/** A rate on an axis: without the decimal where it says nothing. */
export const formatAxisPercent = (rate: number, locale?: string): string =>
  `${digits(rate * 100, { maximumFractionDigits: 1 }, locale)}${GAP}%`;

const UNITS = [
  { unit: 'd', seconds: 86_400 },
  { unit: 'h', seconds: 3_600 },
  { unit: 'min', seconds: 60 },
  { unit: 's', seconds: 1 },
] as const;

/** Seconds as at most two neighbouring units ("3 min 20 s"); below a second with two decimals. */
export function formatDuration(seconds: number | null | undefined, locale?: string): string {
  if (seconds == null) return UNKNOWN;
  if (seconds < 0) return `-${formatDuration(-seconds, locale)}`;
  if (seconds < 10 && !Number.isInteger(seconds)) {
    return `${digits(seconds, { maximumFractionDigits: seconds < 1 ? 2 : 1 }, locale)}${GAP}s`;
  }
  const first = UNITS.findIndex((entry) => Math.round(seconds) >= entry.seconds);
  if (first < 0) return `0${GAP}s`;
  const big = UNITS[first] ?? UNITS[3];
  const small = UNITS[first + 1];
  if (!small) return `${digits(Math.round(seconds), {}, locale)}${GAP}${big.unit}`;
  const rounded = Math.round(seconds / small.seconds) * small.seconds;
  const whole = Math.floor(rounded / big.seconds);
  const rest = Math.round((rounded - whole * big.seconds) / small.seconds);
  const head = `${digits(whole, {}, locale)}${GAP}${big.unit}`;
  return rest === 0 ? head : `${head} ${rest}${GAP}${small.unit}`;
}

/** Milliseconds of a run: "84 ms", "3.2 s". */
export function formatElapsed(ms: number, locale?: string): string {
  if (ms < 1_000) return `${digits(Math.round(ms), {}, locale)}${GAP}ms`;
  return `${digits(ms / 1_000, { minimumFractionDigits: 1, maximumFractionDigits: 1 }, locale)}${GAP}s`;
}

/** Bytes with one decimal in binary units. */
export function formatBytes(bytes: number | null | undefined, locale?: string): string {
  if (bytes == null) return UNKNOWN;
  const names = ['B', 'KB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let index = 0;
  while (value >= 1_024 && index < names.length - 1) {
    value /= 1_024;
    index += 1;
  }
  return `${digits(value, { maximumFractionDigits: index === 0 ? 0 : 1 }, locale)}${GAP}${names[index] ?? ''}`;
}

export type FigureKind = 'count' | 'rate' | 'seconds';

/** A figure by its kind, in full. */
export function formatFigure(value: number | null | undefined, kind: FigureKind): string {
  if (kind === 'rate') return formatPercent(value);
  return kind === 'seconds' ? formatDuration(value) : formatExact(value);
}

/** A change in words. */
export interface SaidChange {
  readonly text: string;
  readonly direction: Change['direction'];
}

/**
 * Says how a figure differs from an earlier one: rates in percentage points, the rest in percent; undefined when
 * either side is unknown or nothing can be said (from 0).
 */
export function describeChange(
  now: number | null | undefined,
  before: number | null | undefined,
  kind: FigureKind,
  locale?: string,
): SaidChange | undefined {
  const change = changeSince(now, before);
  if (!change) return undefined;
  const { difference, relative } = change;
  const one: Intl.NumberFormatOptions = {
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
    signDisplay: 'exceptZero',
  };
  const share = kind === 'rate' ? difference : relative;
  if (share === null) return undefined;
  // What reads 0.0 is no rise and no fall.
  const direction = Math.abs(share) < 0.0005 ? 'same' : change.direction;
  return { direction, text: `${digits(share * 100, one, locale)}${GAP}${kind === 'rate' ? 'pp' : '%'}` };
}
