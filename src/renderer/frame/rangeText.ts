import { addDays, addWall, startOfDay, WEEK_DAYS, weekDayOf, type WeekDay } from '../../shared/time/calendar';
import { DAY_MS } from '../../shared/time/units';
import { toWallClock } from '../../shared/time/zones';
import type { RangeChoice } from '../state/scope';
import { FRAME } from '../text/frame';

/** A wall-clock day (ms whose UTC fields are the local ones) as `2026-03-31`. */
export const writeDay = (wall: number): string => new Date(wall).toISOString().slice(0, 10);

/** The local day that holds an instant, as a wall-clock reading at midnight. */
export const wallDay = (zone: string, instant: number): number =>
  Math.floor(toWallClock(zone, instant) / DAY_MS) * DAY_MS;

const firstOfMonth = (wall: number): number => {
  const date = new Date(wall);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
};

const firstOfWeek = (wall: number, weekStart: WeekDay): number =>
  wall - ((weekDayOf(wall) - WEEK_DAYS.indexOf(weekStart) + 7) % 7) * DAY_MS;

const span = (from: number, to: number): RangeChoice => ({ from: writeDay(from), to: writeDay(to) });

export interface Preset {
  readonly label: string;
  readonly choose: (today: number, weekStart: WeekDay) => RangeChoice;
}

/** Ranges one asks for most; `today` is the workspace's day as a wall-clock reading. */
export const PRESETS: readonly Preset[] = [
  { label: FRAME.today, choose: () => ({ last: '1d' }) },
  { label: FRAME.yesterday, choose: (today) => span(today - DAY_MS, today - DAY_MS) },
  { label: FRAME.last24Hours, choose: () => ({ last: '24h' }) },
  { label: FRAME.last7Days, choose: () => ({ last: '7d' }) },
  { label: FRAME.last30Days, choose: () => ({ last: '30d' }) },
  { label: FRAME.last90Days, choose: () => ({ last: '90d' }) },
  { label: FRAME.last365Days, choose: () => ({ last: '365d' }) },
  {
    label: FRAME.lastWeek,
    choose: (today, weekStart) => {
      const start = firstOfWeek(today, weekStart) - 7 * DAY_MS;
      return span(start, start + 6 * DAY_MS);
    },
  },
  { label: FRAME.thisMonth, choose: (today) => span(firstOfMonth(today), today) },
  {
    label: FRAME.lastMonth,
    choose: (today) => {
      const end = firstOfMonth(today) - DAY_MS;
      return span(firstOfMonth(end), end);
    },
  },
];

/** Reads what people type for a range: "30d", "24h", "last week", "2026-03-01". Undefined when it is none. */
export function readRangeText(text: string, today: number, weekStart: WeekDay): RangeChoice | undefined {
  const typed = text.trim().toLowerCase();
  const last = /^(?:last )?(\d{1,5})\s*(d|h|day|days|hour|hours|w|weeks?)$/.exec(typed);
  if (last) {
    const unit = last[2]?.[0];
    const count = Number(last[1]) * (unit === 'w' ? 7 : 1);
    return count > 0 ? { last: `${count}${unit === 'h' ? 'h' : 'd'}` } : undefined;
  }
  const preset = PRESETS.find(({ label }) => label.toLowerCase() === typed);
  if (preset) return preset.choose(today, weekStart);
  return undefined;
}

/** Reads a day: "2026-03-31", "today", "yesterday". */
export function readDay(text: string, today: number): number | undefined {
  const typed = text.trim().toLowerCase();
  if (typed === 'today') return today;
  if (typed === 'yesterday') return today - DAY_MS;
  if (!/^\d{4}-\d{2}-\d{2}$/.test(typed)) return undefined;
  const wall = Date.parse(`${typed}T00:00:00Z`);
  return Number.isNaN(wall) || writeDay(wall) !== typed ? undefined : wall;
}

/** Names a choice: its preset's label, else nothing. */
export function presetLabel(choice: RangeChoice, today: number, weekStart: WeekDay): string | undefined {
  const text = JSON.stringify(choice);
  return PRESETS.find((preset) => JSON.stringify(preset.choose(today, weekStart)) === text)?.label;
}

/** The range moved by its own length; `direction` -1 is earlier. A relative range becomes a fixed one. */
export function shiftRange(choice: RangeChoice, direction: 1 | -1, zone: string, now: number): RangeChoice {
  if ('last' in choice) {
    const count = Number.parseInt(choice.last, 10);
    if (choice.last.endsWith('h')) {
      const length = count * 3_600_000;
      const to = now + direction * length;
      return { from: new Date(to - length).toISOString(), to: new Date(to).toISOString() };
    }
    const today = wallDay(zone, now);
    const from = today - (count - 1) * DAY_MS + direction * count * DAY_MS;
    return span(from, from + (count - 1) * DAY_MS);
  }
  const from = Date.parse(choice.from);
  const to = Date.parse(choice.to);
  if (choice.from.length > 10) {
    const length = to - from;
    return {
      from: new Date(from + direction * length).toISOString(),
      to: new Date(to + direction * length).toISOString(),
    };
  }
  const days = Math.round((to - from) / DAY_MS) + 1;
  return span(addWall(from, 'day', direction * days), addWall(to, 'day', direction * days));
}

/** A wider range than a choice, for when nothing was found in it. */
export function widenRange(choice: RangeChoice): RangeChoice {
  const steps = ['7d', '30d', '90d', '365d', '3650d'];
  if (!('last' in choice)) return { last: '365d' };
  const days = choice.last.endsWith('h') ? 1 : Number.parseInt(choice.last, 10);
  return { last: steps.find((step) => Number.parseInt(step, 10) > days) ?? '36500d' };
}

/** Days a range of instants covers in a zone, both ends included. */
export function countRangeDays(from: number, to: number, zone: string): number {
  let days = 0;
  for (let day = startOfDay(zone, from); day < to && days < 40_000; day = addDays(zone, day, 1)) days += 1;
  return days;
}
