import { HTMLSelect, Switch } from '@blueprintjs/core';
import { useState, type ReactNode } from 'react';
import type { Settings, SettingsPatch } from '../../../shared/ipc/settings';
import { WEEK_DAYS } from '../../../shared/time/calendar';
import { zoneNames } from '../../../shared/time/zones';
import { SHORTCUTS } from '../../text/shortcutList';
import { ViewFrame } from '../../frame/ViewFrame';
import { changeSettings, useSettings } from '../../state/settings';
import { showToast } from '../../state/toast';
import { SETTINGS } from '../../text/settings';
import { WORDS } from '../../text/words';

const PARTS = {
  look: SETTINGS.look,
  time: WORDS.time,
  sessions: WORDS.sessions,
  limits: SETTINGS.limits,
  keys: WORDS.keys,
} as const;
type Part = keyof typeof PARTS;

/** Applies a change at once and offers the way back. */
function apply(label: string, patch: SettingsPatch): void {
  const { settings } = useSettings.getState();
  const before = Object.fromEntries(
    Object.keys(patch).map((key) => [key, settings[key as keyof Settings]]),
  ) as SettingsPatch;
  const fail = (error: unknown): void =>
    showToast(error instanceof Error ? error.message : String(error), { level: 'problem' });
  changeSettings(patch).then(
    () => showToast(SETTINGS.changed(label), { undo: () => void changeSettings(before) }),
    fail,
  );
}

function Row({
  label,
  hint,
  children,
}: {
  label: string;
  hint?: string;
  children: ReactNode;
}): React.JSX.Element {
  return (
    <label className="wm-setting">
      <span>
        {label}
        {hint !== undefined && <span className="wm-caption">{hint}</span>}
      </span>
      {children}
    </label>
  );
}

function NumberField({
  value,
  min,
  max,
  unit,
  onChange,
}: {
  value: number;
  min: number;
  max: number;
  unit: string;
  onChange: (value: number) => void;
}): React.JSX.Element {
  const [text, setText] = useState(String(value));
  const number = Number(text);
  const ok = text.trim() !== '' && number >= min && number <= max;
  return (
    <span className="wm-inline">
      <input
        className="bp6-input"
        type="number"
        min={min}
        max={max}
        value={text}
        aria-invalid={!ok}
        onChange={(event) => setText(event.target.value)}
        onBlur={() => {
          if (ok && number !== value) onChange(number);
          else setText(String(value));
        }}
      />
      <span className={ok ? 'wm-muted' : 'wm-form-error'}>
        {ok ? unit : SETTINGS.between(min, max, unit)}
      </span>
    </span>
  );
}

const capital = (word: string): string => (word[0] ?? '').toUpperCase() + word.slice(1);

function Fields({ part }: { part: Part }): React.JSX.Element {
  const { settings, info } = useSettings();
  switch (part) {
    case 'look':
      return (
        <>
          <Row label={SETTINGS.theme}>
            <HTMLSelect
              value={settings.theme}
              onChange={(event) => apply(SETTINGS.theme, { theme: event.target.value as Settings['theme'] })}
              options={['system', 'light', 'dark'].map((value) => ({ value, label: capital(value) }))}
            />
          </Row>
          <Row label={WORDS.zoom}>
            <HTMLSelect
              value={settings.zoom}
              onChange={(event) => apply(WORDS.zoom, { zoom: Number(event.target.value) })}
              options={[0.75, 0.9, 1, 1.1, 1.25, 1.5, 2].map((value) => ({
                value,
                label: `${Math.round(value * 100)} %`,
              }))}
            />
          </Row>
          <Row label={SETTINGS.narrowRail} hint={SETTINGS.narrowRailHint}>
            <Switch
              aria-label={SETTINGS.narrowRail}
              checked={settings.railCollapsed}
              onChange={(event) => apply(SETTINGS.rail, { railCollapsed: event.currentTarget.checked })}
            />
          </Row>
        </>
      );
    case 'time':
      return (
        <>
          <Row label={SETTINGS.timeZone} hint={SETTINGS.timeZoneHint}>
            <HTMLSelect
              value={settings.timezone}
              onChange={(event) => apply(SETTINGS.timeZone, { timezone: event.target.value })}
            >
              <option value="system">{SETTINGS.thisMachine(info?.timezone)}</option>
              {zoneNames().map((name) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </HTMLSelect>
          </Row>
          <Row label={WORDS.weekStarts}>
            <HTMLSelect
              value={settings.weekStart}
              onChange={(event) =>
                apply(SETTINGS.weekStart, { weekStart: event.target.value as Settings['weekStart'] })
              }
              options={WEEK_DAYS.map((value) => ({ value, label: capital(value) }))}
            />
          </Row>
        </>
      );
    case 'sessions':
      return (
        <Row label={SETTINGS.sessionEndsAfter} hint={SETTINGS.sessionEndsHint}>
          <NumberField
            key={settings.sessionGapMinutes}
            value={settings.sessionGapMinutes}
            min={1}
            max={1_440}
            unit={SETTINGS.minutes}
            onChange={(sessionGapMinutes) => apply(SETTINGS.sessionGap, { sessionGapMinutes })}
          />
        </Row>
      );
    case 'limits':
      return (
        <>
          <Row label={SETTINGS.runEndsAfter} hint={SETTINGS.runEndsHint}>
            <NumberField
              key={settings.maxTimeMs}
              value={settings.maxTimeMs / 1_000}
              min={1}
              max={3_600}
              unit={SETTINGS.seconds}
              onChange={(seconds) => apply(SETTINGS.timeLimit, { maxTimeMs: Math.round(seconds * 1_000) })}
            />
          </Row>
          <Row label={SETTINGS.reportsRunOn} hint={SETTINGS.reportsRunOnHint}>
            <HTMLSelect
              value={settings.engine}
              onChange={(event) =>
                apply(SETTINGS.executor, { engine: event.target.value as Settings['engine'] })
              }
              options={[
                { value: 'auto', label: SETTINGS.automatic },
                { value: 'pipeline', label: WORDS.pipeline },
                { value: 'columns', label: WORDS.columns },
              ]}
            />
          </Row>
        </>
      );
    case 'keys':
      return (
        <>
          <Row label={SETTINGS.singleLettersAreShortcuts} hint={SETTINGS.singleLettersHint}>
            <Switch
              aria-label={SETTINGS.singleLettersAreShortcuts}
              checked={settings.singleKeyShortcuts}
              onChange={(event) =>
                apply(SETTINGS.singleLetters, { singleKeyShortcuts: event.currentTarget.checked })
              }
            />
          </Row>
          <table className="wm-table">
            <tbody>
              {SHORTCUTS.map(({ keys, text }) => (
                <tr key={keys}>
                  <td>
                    <kbd className="wm-kbd">{keys}</kbd>
                  </td>
                  <td>{text}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      );
  }
}

/** How the app looks and counts; applied at once, undoable. */
export function SettingsView(): React.JSX.Element {
  const [part, setPart] = useState<Part>('look');
  return (
    <ViewFrame view="settings">
      <section className="wm-card wm-settings" aria-label={SETTINGS.settings}>
        <div className="wm-tabs" role="tablist" aria-label={SETTINGS.settings}>
          {(Object.keys(PARTS) as Part[]).map((name) => (
            <button
              key={name}
              type="button"
              role="tab"
              aria-selected={part === name}
              onClick={() => setPart(name)}
            >
              {PARTS[name]}
            </button>
          ))}
        </div>
        <div className="wm-settings-fields" role="tabpanel" aria-label={PARTS[part]}>
          <Fields part={part} />
        </div>
      </section>
    </ViewFrame>
  );
}
