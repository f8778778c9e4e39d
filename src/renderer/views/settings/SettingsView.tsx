import { HTMLSelect, Switch } from '@blueprintjs/core';
import { useState, type ReactNode } from 'react';
import type { Settings, SettingsPatch } from '../../../shared/ipc/settings';
import { WEEK_DAYS } from '../../../shared/time/calendar';
import { zoneNames } from '../../../shared/time/zones';
import { SHORTCUTS } from '../../frame/shortcutList';
import { ViewFrame } from '../../frame/ViewFrame';
import { changeSettings, useSettings } from '../../state/settings';
import { showToast } from '../../state/toast';

const PARTS = { look: 'Look', time: 'Time', sessions: 'Sessions', limits: 'Limits', keys: 'Keys' } as const;
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
    () => showToast(`${label} changed.`, { undo: () => void changeSettings(before) }),
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
      <span className={ok ? 'wm-muted' : 'wm-form-error'}>{ok ? unit : `${min} to ${max} ${unit}`}</span>
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
          <Row label="Theme">
            <HTMLSelect
              value={settings.theme}
              onChange={(event) => apply('Theme', { theme: event.target.value as Settings['theme'] })}
              options={['system', 'light', 'dark'].map((value) => ({ value, label: capital(value) }))}
            />
          </Row>
          <Row label="Zoom">
            <HTMLSelect
              value={settings.zoom}
              onChange={(event) => apply('Zoom', { zoom: Number(event.target.value) })}
              options={[0.75, 0.9, 1, 1.1, 1.25, 1.5, 2].map((value) => ({
                value,
                label: `${Math.round(value * 100)} %`,
              }))}
            />
          </Row>
          <Row label="Narrow rail" hint="Icons only, in wide windows too">
            <Switch
              aria-label="Narrow rail"
              checked={settings.railCollapsed}
              onChange={(event) => apply('Rail', { railCollapsed: event.currentTarget.checked })}
            />
          </Row>
        </>
      );
    case 'time':
      return (
        <>
          <Row label="Time zone" hint="Decides hours, days, weeks and months">
            <HTMLSelect
              value={settings.timezone}
              onChange={(event) => apply('Time zone', { timezone: event.target.value })}
            >
              <option value="system">This machine ({info?.timezone})</option>
              {zoneNames().map((name) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </HTMLSelect>
          </Row>
          <Row label="Week starts">
            <HTMLSelect
              value={settings.weekStart}
              onChange={(event) =>
                apply('Week start', { weekStart: event.target.value as Settings['weekStart'] })
              }
              options={WEEK_DAYS.map((value) => ({ value, label: capital(value) }))}
            />
          </Row>
        </>
      );
    case 'sessions':
      return (
        <Row label="A session ends after" hint="For events without a session of their own">
          <NumberField
            key={settings.sessionGapMinutes}
            value={settings.sessionGapMinutes}
            min={1}
            max={1_440}
            unit="minutes"
            onChange={(sessionGapMinutes) => apply('Session gap', { sessionGapMinutes })}
          />
        </Row>
      );
    case 'limits':
      return (
        <>
          <Row label="A run ends after" hint="Then it says so; nothing is shown in part">
            <NumberField
              key={settings.maxTimeMs}
              value={settings.maxTimeMs / 1_000}
              min={1}
              max={3_600}
              unit="seconds"
              onChange={(seconds) => apply('Time limit', { maxTimeMs: Math.round(seconds * 1_000) })}
            />
          </Row>
          <Row label="Reports run on" hint="Automatic takes columns where they cover the report">
            <HTMLSelect
              value={settings.engine}
              onChange={(event) => apply('Executor', { engine: event.target.value as Settings['engine'] })}
              options={[
                { value: 'auto', label: 'Automatic' },
                { value: 'pipeline', label: 'Pipeline' },
                { value: 'columns', label: 'Columns' },
              ]}
            />
          </Row>
        </>
      );
    case 'keys':
      return (
        <>
          <Row label="Single letters are shortcuts" hint="Outside of fields">
            <Switch
              aria-label="Single letters are shortcuts"
              checked={settings.singleKeyShortcuts}
              onChange={(event) =>
                apply('Single letters', { singleKeyShortcuts: event.currentTarget.checked })
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
      <section className="wm-card wm-settings" aria-label="Settings">
        <div className="wm-tabs" role="tablist" aria-label="Settings">
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
