import { Button } from '@blueprintjs/core';
import { ChevronLeft, ChevronRight } from '@blueprintjs/icons';
import { useState } from 'react';
import { type WeekDay } from '../../shared/time/calendar';
import { DAY_MS } from '../../shared/time/units';
import { resolveRange } from '../../shared/time/range';
import { toWallClock } from '../../shared/time/zones';
import { formatSpan } from '../format/time';
import type { RangeChoice } from '../state/scope';
import { MonthGrid, monthOf } from './MonthGrid';
import { countRangeDays, PRESETS, readDay, readRangeText, wallDay, writeDay } from './rangeText';
import { WORDS } from '../text/words';
import { FRAME } from '../text/frame';

/** "1–31 Mar 2026 · 31 days · Europe/Berlin". */
export function describeRange(choice: RangeChoice, zone: string, weekStart: WeekDay, now: number): string {
  const { from, to, unit } = resolveRange({ ...choice, timezone: zone, weekStart }, now);
  const days = countRangeDays(from, to, zone);
  const length = unit === 'days' ? ` · ${days} ${days === 1 ? 'day' : 'days'}` : '';
  return `${formatSpan(from, to, zone)}${length} · ${zone}`;
}

/** Both ends of a choice as wall-clock days. */
function edges(choice: RangeChoice, zone: string, weekStart: WeekDay, now: number): [number, number] {
  const { from, to } = resolveRange({ ...choice, timezone: zone, weekStart }, now);
  const floor = (instant: number): number => Math.floor(toWallClock(zone, instant) / DAY_MS) * DAY_MS;
  return [floor(from), floor(to - 1)];
}

/** Chooses a range: presets, words, two fields or two months of days. */
export function RangePicker({
  choice,
  zone,
  weekStart,
  now,
  onApply,
}: {
  choice: RangeChoice;
  zone: string;
  weekStart: WeekDay;
  /** Ms, when the picker was opened. */
  now: number;
  onApply: (choice: RangeChoice) => void;
}): React.JSX.Element {
  const today = wallDay(zone, now);
  const [first, last] = edges(choice, zone, weekStart, now);
  const [fromText, setFromText] = useState('last' in choice ? choice.last : writeDay(first));
  const [toText, setToText] = useState(writeDay(last));
  const [cursor, setCursor] = useState(last);
  const [walked, setWalked] = useState(false);
  const [half, setHalf] = useState<number | null>(null);
  const worded = readRangeText(fromText, today, weekStart);
  const from = readDay(fromText, today);
  const to = readDay(toText, today);
  const picked: RangeChoice | undefined =
    worded ??
    (from !== undefined && to !== undefined && from <= to
      ? { from: writeDay(from), to: writeDay(to) }
      : undefined);
  const problem =
    picked !== undefined
      ? undefined
      : from !== undefined && to !== undefined
        ? FRAME.startAfterEnd
        : FRAME.rangeHelp;
  const [shownFrom, shownTo] = picked ? edges(picked, zone, weekStart, now) : [null, null];
  const pickDay = (day: number): void => {
    setCursor(day);
    if (half === null) {
      setHalf(day);
      setFromText(writeDay(day));
      setToText(writeDay(day));
      return;
    }
    setHalf(null);
    setFromText(writeDay(Math.min(half, day)));
    setToText(writeDay(Math.max(half, day)));
  };
  const left = monthOf(cursor, -1);
  const months = [left, monthOf(cursor)];
  return (
    <form
      className="wm-range"
      aria-label={FRAME.range}
      onSubmit={(event) => {
        event.preventDefault();
        if (picked) onApply(picked);
      }}
    >
      <div className="wm-range-presets" role="group" aria-label={FRAME.presets}>
        {PRESETS.map((preset) => {
          const made = preset.choose(today, weekStart);
          return (
            <Button
              key={preset.label}
              size="small"
              variant="minimal"
              active={JSON.stringify(made) === JSON.stringify(choice)}
              text={preset.label}
              onClick={() => onApply(made)}
            />
          );
        })}
      </div>
      <div className="wm-range-main">
        <div className="wm-range-fields">
          <label className="wm-field">
            <span>{FRAME.fromOrWords}</span>
            <input
              className="bp6-input"
              autoFocus
              value={fromText}
              onChange={(event) => setFromText(event.target.value)}
              onFocus={(event) => event.target.select()}
            />
          </label>
          <label className="wm-field">
            <span>{WORDS.to}</span>
            <input
              className="bp6-input"
              value={worded ? writeDay(shownTo ?? today) : toText}
              disabled={worded !== undefined}
              onChange={(event) => setToText(event.target.value)}
            />
          </label>
        </div>
        <div className="wm-month-nav">
          <Button
            size="small"
            variant="minimal"
            icon={<ChevronLeft size={14} />}
            aria-label={FRAME.earlierMonth}
            onClick={() => setCursor(monthOf(cursor, -1))}
          />
          <Button
            size="small"
            variant="minimal"
            icon={<ChevronRight size={14} />}
            aria-label={FRAME.laterMonth}
            onClick={() => setCursor(monthOf(cursor, 1))}
          />
        </div>
        <div className="wm-months">
          {months.map((month) => (
            <MonthGrid
              key={month}
              month={month}
              weekStart={weekStart}
              from={shownFrom}
              to={shownTo}
              cursor={cursor}
              focused={walked && monthOf(cursor) === month}
              onCursor={(day) => {
                setWalked(true);
                setCursor(day);
              }}
              onPick={pickDay}
            />
          ))}
        </div>
        <p className={problem === undefined ? 'wm-caption' : 'wm-caption wm-form-error'} role="status">
          {problem ?? (picked ? describeRange(picked, zone, weekStart, now) : '')}
        </p>
        <Button type="submit" intent="primary" text={WORDS.apply} disabled={picked === undefined} />
      </div>
    </form>
  );
}
